"""The textbook network, whose speed the benchmarks compare."""

from skdigits import RECIPES, CNNDigitClassifier


def textbook_skdigits(**params):
    """Return the textbook network and training as a `CNNDigitClassifier`."""
    return CNNDigitClassifier(**RECIPES["textbook"] | params)
