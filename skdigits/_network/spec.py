"""Descriptions of networks: what is built, what is compiled, what was fitted."""

from collections.abc import Hashable
from dataclasses import dataclass
from numbers import Integral

from sklearn.utils._param_validation import InvalidParameterError

from skdigits._messages import shorten
from skdigits._network.pixels import is_tiny
from skdigits._network.precision import resolve_precision

_ADAMW_WEIGHT_DECAY = 0.004


@dataclass(frozen=True)
class NetworkSpec:
    """Plain, hashable description of a network.

    Attributes
    ----------
    image_shape : tuple of (int, int)
        Height and width of the images.
    n_classes : int
        Number of logits.
    filters : tuple of int
        Output channels of each convolution.
    kernel_size : tuple of int
        Side of each convolution's kernel; the last one is used for all further layers.
    padding : tuple of {"same", "valid"}
        Padding of each convolution; the last one is used for all further layers.
    pool_after : tuple of int
        Numbers of the convolutions, counted from 1, that a 2x2 max-pooling follows.
    batch_norm : bool
        Whether each convolution is followed by batch normalisation.
    dense_units : tuple of int
        Units of the fully connected layers.
    dropout : float
        Share of the units in front of the output that training leaves out.
    n_networks : int
        Networks of these layers that are trained together.
    network : callable or None
        ``network(image_shape, n_classes)`` takes the place of all the layers above.
    architecture : tuple of (str, str) or None
        What `describe_architecture` says of the network that `network` returned in
        `fit`. It tells networks apart that one callable returns at different times.
    """

    image_shape: tuple
    n_classes: int
    filters: tuple = ()
    kernel_size: tuple = (3,)
    padding: tuple = ("same",)
    pool_after: tuple = ()
    batch_norm: bool = False
    dense_units: tuple = ()
    dropout: float = 0.0
    n_networks: int = 1
    network: object = None
    architecture: tuple | None = None

    @classmethod
    def of(cls, classifier, image_shape, n_classes):
        """Describe the network that a classifier's parameters ask for.

        Parameters
        ----------
        classifier : CNNDigitClassifier
        image_shape : tuple of (int, int)
        n_classes : int

        Returns
        -------
        NetworkSpec

        Raises
        ------
        InvalidParameterError
            If a parameter holds something else than positive integers, or is not
            hashable.
        """
        kernel_size = classifier.kernel_size
        if isinstance(kernel_size, Integral):
            kernel_size = (kernel_size,)
        elif not kernel_size:
            raise InvalidParameterError(
                "The 'kernel_size' parameter of CNNDigitClassifier must hold at least "
                f"one int. Got {shorten(kernel_size)} instead."
            )
        if not isinstance(classifier.network, Hashable):
            raise InvalidParameterError(
                "The 'network' parameter of CNNDigitClassifier must be hashable, to "
                "tell one network from another. Got "
                f"{shorten(classifier.network)} instead."
            )
        padding, pool_after = (classifier.padding,), classifier.pool_after
        if classifier.padding == "auto":
            padding = ("same",) if is_tiny(image_shape) else ("valid", "same")
        if pool_after == "auto":
            pool_after = (3,) if is_tiny(image_shape) else (1, 3)
        return cls(
            image_shape=image_shape,
            n_classes=n_classes,
            filters=positive_integers("filters", classifier.filters),
            kernel_size=positive_integers("kernel_size", kernel_size),
            padding=padding,
            pool_after=positive_integers("pool_after", pool_after),
            batch_norm=bool(classifier.batch_norm),
            dense_units=positive_integers("dense_units", classifier.dense_units),
            dropout=float(classifier.dropout),
            n_networks=int(classifier.n_networks),
            network=classifier.network,
        )


@dataclass(frozen=True)
class TrainingSpec:
    """What has to be compiled to train a network.

    Attributes
    ----------
    network : NetworkSpec
    optimizer : {"adam", "sgd", "rmsprop"}
    augmentation : str or None
        A key of `DISTORTIONS`.
    decays_weights : bool
        Whether the optimizer shrinks the kernels at each step.
    precision : {"float32", "bfloat16"}
        Number format of the hidden layers.
    """

    network: NetworkSpec
    optimizer: str
    augmentation: str | None
    decays_weights: bool
    precision: str = "float32"

    @classmethod
    def of(cls, classifier, network):
        """Describe what a classifier's parameters ask for.

        Parameters
        ----------
        classifier : CNNDigitClassifier
        network : NetworkSpec

        Returns
        -------
        TrainingSpec
        """
        optimizer = classifier.optimizer
        return cls(
            network=network,
            optimizer="adam" if optimizer == "adamw" else optimizer,
            augmentation=(
                None if is_tiny(network.image_shape) else classifier.augmentation
            ),
            decays_weights=find_weight_decay(classifier) > 0,
            precision=(
                "float32"
                if network.network  # its layers have their own
                else resolve_precision(classifier.precision)
            ),
        )


@dataclass(frozen=True)
class FittedNetwork:
    """A network with its weights: all that predictions depend on.

    Attributes
    ----------
    spec : NetworkSpec
    weights : list of ndarray
        In the order of the layers. Neither the list nor the arrays are ever changed.
    pixel_mean, pixel_scale : float
        The network sees ``(pixel - pixel_mean) / pixel_scale``.
    temperature : float
        Divisor of the logits.
    """

    spec: NetworkSpec
    weights: list
    pixel_mean: float
    pixel_scale: float
    temperature: float = 1.0


def find_weight_decay(classifier):
    """Find the weight decay of a classifier, which depends on its optimizer.

    Parameters
    ----------
    classifier : CNNDigitClassifier

    Returns
    -------
    float
    """
    if classifier.weight_decay is not None:
        return classifier.weight_decay
    return _ADAMW_WEIGHT_DECAY if classifier.optimizer == "adamw" else 0.0


def positive_integers(name, values):
    """Check that a parameter holds positive integers only, and make it a tuple.

    Parameters
    ----------
    name : str
    values : sequence

    Returns
    -------
    tuple of int

    Raises
    ------
    InvalidParameterError
    """
    if not all(isinstance(value, Integral) and value > 0 for value in values):
        raise InvalidParameterError(
            f"The {name!r} parameter of CNNDigitClassifier must hold ints in the range "
            f"[1, inf). Got {shorten(values)} instead."
        )
    return tuple(int(value) for value in values)
