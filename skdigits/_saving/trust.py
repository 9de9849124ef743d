"""Which types and functions a model file may refer to, build or call."""

import inspect
import io
import zipfile

from sklearn import feature_selection, gaussian_process, metrics, model_selection
from skops.io._audit import Node, get_tree
from skops.io._utils import read_schema


def _names(module, is_wanted):
    """Full names of those public functions or classes of scikit-learn in a module."""
    public = [x for name, x in vars(module).items() if not name.startswith("_")]
    return {
        f"{x.__module__}.{x.__name__}"
        for x in public
        if is_wanted(x) and x.__module__.startswith("sklearn.")
    }


def _is_splitter(x):
    return inspect.isclass(x) and hasattr(x, "split")


def _is_kernel(x):
    return inspect.isclass(x) and issubclass(x, gaussian_process.kernels.Kernel)


# A name lets a file refer to a function or type, and set the attributes of an object.
# Both must be harmless for each name here: functions that only compute, and classes
# that execute nothing when their attributes are set. To call a name with arguments
# from the file is another matter: compiled code reads memory at the indices in them.
# Trees (`sklearn.tree._tree.Tree`, `KDTree`, ...) hold such indices as attributes and
# are left out, as skops does.
_SCIKIT_LEARN = (
    _names(metrics, inspect.isfunction)
    | _names(feature_selection, inspect.isfunction)
    | _names(model_selection, _is_splitter)
    | _names(gaussian_process.kernels, _is_kernel)
)
_PRIVATE = {
    "numpy.dtype",
    "numpy.mean",
    "scipy.sparse._csr.csr_array",
    "scipy.sparse._csr.csr_matrix",
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.callback._progressbar.ProgressBar",
    "sklearn.cluster._bisect_k_means._BisectingTree",
    "sklearn.cluster._kmeans._kmeans_single_elkan",
    "sklearn.cluster._kmeans._kmeans_single_lloyd",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._MultimetricScorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.metrics._scorer.negative_likelihood_ratio",
    "sklearn.metrics._scorer.positive_likelihood_ratio",
    "sklearn.model_selection._search_successive_halving.HalvingGridSearchCV",
    "sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV",
    "sklearn.multiclass._ConstantPredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.utils._bunch.Bunch",
    "uuid.UUID",
}
_OWN = {
    "skdigits._saving.archive.distribution",
    "skdigits._saving.archive.metadata_request",
    "skdigits._saving.archive.scoring_monitor",
    "skdigits._classifier.CNNDigitClassifier",
    "skdigits._preprocessing.DigitPreprocessor",
    "skdigits._reader.DigitReader",
}

#: Full names of the types that `load` builds, besides those that skops trusts itself.
TRUSTED_TYPES = sorted(_SCIKIT_LEARN | _PRIVATE | _OWN)

# The names above that a file may also call: containers of scikit-learn, and builders,
# which check their arguments.
_CALLABLE = {
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.utils._bunch.Bunch",
    "skdigits._saving.archive.distribution",
    "skdigits._saving.archive.metadata_request",
    "skdigits._saving.archive.scoring_monitor",
}
# Their attributes are indices into memory, which `_check_indices` checks in .npz parts.
_SPARSE = {"scipy.sparse._csr.csr_array", "scipy.sparse._csr.csr_matrix"}
# The nodes of skops that do not call the function or type that they name.
_UNCALLED = {
    "DTypeNode",
    "FunctionNode",
    "MethodNode",
    "ObjectNode",
    "SparseMatrixNode",
    "TypeNode",
}
# What skops calls later on: the types of a dict's keys, with each key, and the others
# without arguments or with those of a partial.
_CALLED_CHILDREN = {"key_types", "default_factory", "func"}


def untrusted_names(content, trusted=()):
    """List what an archive uses in a way that nobody trusts.

    Parameters
    ----------
    content : bytes
        A skops archive.
    trusted : sequence of str, default=()
        Further names, which the archive may also call.

    Returns
    -------
    names : list of str
        Sorted full names of the types and functions that are not trusted, or that the
        archive calls although only references to them are trusted.

    Raises
    ------
    Exception
        Of any type, if it is not a skops archive.
    ValueError
        If a sparse matrix has indices outside its shape.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = get_tree(*read_schema(archive), trusted=None)
    uncallable = {*TRUSTED_TYPES} - _CALLABLE
    names = tree.get_unsafe_set() - {*TRUSTED_TYPES}
    for node, is_called in _walk(tree):
        kind, name = type(node).__name__, _name(node)
        if is_called or kind not in _UNCALLED:
            names |= {name} & uncallable
        elif kind == "ObjectNode":
            names |= {name} & _SPARSE
        elif kind == "SparseMatrixNode":
            _check_indices(node.construct())
    return sorted(names - {*trusted})


def _walk(tree):
    """Yield each node of skops' tree, and whether what it builds is called.

    The schema itself would not do: a node with the `__id__` of another stands for it.
    """
    seen, stack = set(), [(tree, False)]
    while stack:
        node, is_called = stack.pop()
        if (id(node), is_called) in seen:
            continue
        seen.add((id(node), is_called))
        yield node, is_called
        for key, child in [*node.children.items(), ("", getattr(node, "cached", None))]:
            if isinstance(child, dict):
                child = child.values()
            elif isinstance(child, Node):
                child = [child]
            elif not isinstance(child, list):
                continue
            calls = is_called or key in _CALLED_CHILDREN
            stack += [(item, calls) for item in child if isinstance(item, Node)]


def _name(node):
    # Functions of old archives have their name elsewhere.
    if hasattr(node, "_get_function_name"):
        return node._get_function_name()
    return f"{node.module_name}.{node.class_name}"


def _check_indices(matrix):
    """Refuse indices outside the shape, which scipy checks in some formats only."""
    if hasattr(matrix, "check_format"):
        matrix.check_format(full_check=True)
