"""The textbook network as its users write it, in the packages they write it in."""

from skdigits import RECIPES, CNNDigitClassifier


def textbook_keras():
    """Build and compile the textbook network in plain Keras.

    Returns
    -------
    keras.Model
        For images of shape (n, 28, 28, 1) with pixels from 0 to 1.
    """
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def textbook_skdigits(**params):
    """Return the same network and training as a `CNNDigitClassifier`."""
    return CNNDigitClassifier(**RECIPES["textbook"] | params)
