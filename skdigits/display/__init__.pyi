from ._digit_grid import DigitGridDisplay
from ._history import TrainingHistoryDisplay
from ._preprocessing import PreprocessingDisplay

__all__ = [
    "DigitGridDisplay",
    "PreprocessingDisplay",
    "TrainingHistoryDisplay",
]
