from ._digit_grid import DigitGridDisplay
from ._error_coverage import ErrorCoverageDisplay
from ._history import TrainingHistoryDisplay
from ._preprocessing import PreprocessingDisplay
from ._saliency import SaliencyDisplay

__all__ = [
    "DigitGridDisplay",
    "ErrorCoverageDisplay",
    "PreprocessingDisplay",
    "SaliencyDisplay",
    "TrainingHistoryDisplay",
]
