"""scikit-learn's own checks, on the real networks in graph mode."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdigits import CNNDigitClassifier, DigitPreprocessor

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a weight of two and an image given twice agree in expectation only, as for "
        "every model trained on random mini-batches"
    ),
}


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.ImageShapeWarning")
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.PixelRangeWarning")
@parametrize_with_checks(
    [CNNDigitClassifier()],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
    xfail_strict=True,
)
def test_classifier_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


# The arrays of two or three values that the checks pass as rows are blank strips.
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.ImageShapeWarning")
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.NoDigitFoundWarning")
@parametrize_with_checks([DigitPreprocessor()], xfail_strict=True)
def test_preprocessor_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)
