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
    "epochs": 12,
    "batch_size": 128,
}

#: Parameters by name, for ``CNNDigitClassifier(**RECIPES["textbook"])``:
#:
#: - "default": the constructor's own defaults;
#: - "mlp": one hidden layer of 128 units;
#: - "textbook": the convolutional network of most MNIST tutorials;
#: - "textbook_sgd": the same, trained with stochastic gradient descent.
RECIPES = {
    "default": {},
    "mlp": {
        "filters": (),
        "dense_units": (128,),
        "learning_rate": 0.003,
        "epochs": 10,
    },
    "textbook": _TEXTBOOK,
    "textbook_sgd": _TEXTBOOK | {"optimizer": "sgd", "learning_rate": 0.02},
}
