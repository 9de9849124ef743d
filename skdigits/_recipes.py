"""Named sets of parameters for `CNNDigitClassifier`."""

_TEXTBOOK = {
    "filters": (32, 64),
    "kernel_size": 3,
    "padding": "valid",
    "pool_after": (1, 2),
    "batch_norm": False,
    "dense_units": (128,),
    "dropout": 0.5,
    "augmentation": None,
    "optimizer": "adam",
    "learning_rate": 0.001,
    "schedule": "constant",
    "label_smoothing": 0.0,
    "temperature": 1.0,
    "epochs": 12,
    "average": False,
    "batch_size": 128,
}

_ROBUST = {
    "filters": (32, 64, 64, 128),
    "pool_after": (1, 3),
    "augmentation": "robust",
    "average": False,  # averaged weights err more on held-out writers
    "temperature": 0.83,  # fitted to held-out writers
    "epochs": 16,
}

#: Parameters by name, for ``CNNDigitClassifier(**RECIPES["textbook"])``:
#:
#: - "default": the constructor's own defaults;
#: - "fast": 99 % on MNIST after one short epoch;
#: - "robust": the default network with twice the width, trained for more epochs and
#:   with more kinds of distortion;
#: - "best": two "robust" networks, trained together, whose logits are averaged;
#: - "mlp": one hidden layer of 128 units;
#: - "textbook": the convolutional network of most MNIST tutorials;
#: - "textbook_sgd": the same, trained with stochastic gradient descent.
RECIPES = {
    "default": {},
    "mlp": {
        "filters": (),
        "dense_units": (128,),
        "augmentation": None,
        "learning_rate": 0.003,
        "average": False,
        "label_smoothing": 0.0,
        "temperature": 1.0,
    },
    "fast": {
        "filters": (16, 32, 64),
        "pool_after": (1, 2),
        "augmentation": None,
        "learning_rate": 0.01,
        "average": False,  # gains nothing in a single epoch
        "epochs": 1,
    },
    "robust": _ROBUST,
    "best": _ROBUST | {"n_networks": 2},
    "textbook": _TEXTBOOK,
    "textbook_sgd": _TEXTBOOK | {"optimizer": "sgd", "learning_rate": 0.02},
}
