from ._digit_grid import DigitGridDisplay
from ._error_coverage import ErrorCoverageDisplay
from ._history import TrainingHistoryDisplay
from ._preprocessing import PreprocessingDisplay
from ._reading import ReadingDisplay
from ._saliency import SaliencyDisplay

__all__ = [
    "DigitGridDisplay",
    "ErrorCoverageDisplay",
    "PreprocessingDisplay",
    "ReadingDisplay",
    "SaliencyDisplay",
    "TrainingHistoryDisplay",
]
