from ._digit_grid import DigitGridDisplay
from ._history import TrainingHistoryDisplay

__all__ = [
    "DigitGridDisplay",
    "TrainingHistoryDisplay",
]
