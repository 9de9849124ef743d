"""A convolutional network as a scikit-learn classifier."""

import contextlib
import dataclasses
import functools
from collections.abc import Hashable
from numbers import Integral, Real

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, InvalidParameterError, StrOptions
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    check_classification_targets,
)
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits._inputs import as_rows, find_image_shape
from skdigits._network import engine
from skdigits._network.augmentation import DISTORTIONS
from skdigits._network.early_stopping import EarlyStopping
from skdigits._network.feed import Feed
from skdigits._network.layers import NetworkSpec
from skdigits._network.pixels import (
    is_tiny,
    measure_pixels,
    spread_sample,
    warn_of_foreign_range,
)
from skdigits._network.progress import epoch_progress
from skdigits._network.rows import LabelledRows, encode, set_aside, weight_by_class
from skdigits._network.schedule import learning_rates
from skdigits._network.training import TrainingSpec

_ADAMW_WEIGHT_DECAY = 0.004

# Shares of a schedule's highest rate at which `partial_fit` trains: a network of its
# own as in mid-cycle, a network that `fit` has finished so gently that twenty images of
# one hand do not make it forget the others.
_RATE_OF_A_STREAM, _RATE_AFTER_FIT = 0.1, 0.02


class CNNDigitClassifier(ClassifierMixin, CallbackSupportMixin, BaseEstimator):
    """Convolutional neural network for images of handwritten digits.

    A Keras network, trained through scikeras, behind the interface of every
    scikit-learn classifier: it can be cloned, searched, calibrated, pickled and put
    into a :class:`~sklearn.pipeline.Pipeline`. It expects images in MNIST framing;
    :class:`~skdigits.DigitPreprocessor` brings pictures of any kind into it.

    Parameters
    ----------
    image_shape : tuple of (int, int), default=None
        Height and width of the images in the rows of `X`. If None, the shape of
        `X` itself when it is a stack of images, else a square; a width that is no
        square number is read as a strip of height 1, with a warning.

    filters : tuple of int, default=(16, 32, 32, 64)
        Output channels of each convolution. ``()`` leaves a multilayer perceptron.

    kernel_size : int or tuple of int, default=(5, 3)
        Side of the convolutions' kernels, one for all or one for each; the last
        one given serves all further convolutions.

    padding : {"auto", "same", "valid"}, default="auto"
        Whether convolutions keep the size of the image or shrink it. "auto" keeps
        it, but for the first convolution of images with at least 16 pixels a side:
        their margin is paper, and every further layer is spared it.

    pool_after : tuple of int, default=(1, 3)
        The convolutions, counted from 1, that a 2x2 max-pooling follows. Numbers
        beyond the last convolution are ignored, so that a search can vary
        `filters` alone.

    batch_norm : bool, default=True
        Whether to normalise the batch after each convolution.

    dense_units : tuple of int, default=()
        Units of the fully connected layers between convolutions and output.

    dropout : float in [0, 1), default=0.0
        Share of the units in front of the output that each training step leaves
        out. Raise it when the training accuracy outruns the validation accuracy.

    n_networks : int, default=1
        Networks of the layers described above. They are trained side by side, on the
        same images but from other initial weights, and answer with their mean, as
        in [1]_, here of the logits. Two err less than one, in twice the time.

    network : callable, default=None
        ``network(image_shape, n_classes)`` returns a `keras.Model` from images of
        shape ``(n, height, width, 1)`` to logits of shape ``(n, n_classes)``, in
        place of `n_networks` of the layers described above. A network that comes
        with trained weights keeps them as its starting point.

    augmentation : {"affine", "robust"} or None, default="affine"
        Random distortion of the training images, new in every epoch: "affine"
        rotates by up to 12 degrees, shears, scales and shifts; "robust" does so a
        little more, and varies thickness, sharpness and contrast of the strokes and
        adds noise, for pictures that are not from the source of the training images.
        Images of less than 16 pixels a side are left as they are.

    optimizer : {"adam", "adamw", "sgd", "rmsprop"}, default="adam"
        Optimization algorithm; "sgd" has a Nesterov momentum of 0.9.

    learning_rate : float, default=0.02
        Highest learning rate of the `schedule`. A sensible rate for "sgd" is 0.05.

    schedule : {"one_cycle", "cosine", "constant"}, default="one_cycle"
        Course of the learning rate: up and down again, from the highest down to
        zero along a cosine, or constant.

    average : bool, default=True
        Whether the fitted weights are the mean of those after each step in the last
        quarter of `epochs` [2]_, moving averages of the batch normalisation
        included, instead of those after the last step. On MNIST the defaults err less
        with it. `partial_fit`, and a fit that stops before then, do without it.

    weight_decay : float, default=None
        Share by which each step shrinks the kernels, times the learning rate. If
        None, 0.004 for "adamw" and 0 for the others.

    label_smoothing : float in [0, 1), default=0.1
        Probability that the training targets spread evenly over all classes while
        the learning rate is at its highest. It fades with the rate, so that little
        stays of the doubt that it teaches.

    temperature : float, default=0.7
        Number by which the logits of the trained network are divided. Training and
        predicted labels do not depend on it, but probabilities do: the higher it is,
        the less confident they are. The value with the least loss on data that the
        network was not trained on makes them mean what they say [3]_. The default
        undoes the doubt that smoothed labels and averaged weights leave; without
        these, 1 is the value to start from.

    epochs : int, default=10
        Passes over the training data.

    batch_size : int or "auto", default="auto"
        Largest number of images in a step. "auto" is an eightieth of the training
        images, but at least 8 and at most 128, so that few images make enough
        steps too.

    class_weight : dict or "balanced", default=None
        Weight of each class in the loss, multiplied with `sample_weight`.
        "balanced" gives each class the same total weight.

    early_stopping : bool, default=False
        Whether to stop when the accuracy on validation data no longer improves,
        and to go back to the weights that were best. The validation data are
        `X_val` and `y_val` of :meth:`fit` or, without them, a stratified part of
        the training data.

    validation_fraction : float in (0, 1), default=0.1
        Share of the training data set aside when `early_stopping` is True and
        `fit` is given no `X_val`.

    n_iter_no_change : int, default=5
        Epochs without an improvement of at least `tol` after which to stop early.

    tol : float, default=1e-4
        Improvement of the accuracy that early stopping counts as one.

    warm_start : bool, default=False
        Whether `fit` starts from the weights and the optimizer of the last `fit`.

    random_state : int, RandomState instance or None, default=None
        Determines initial weights, shuffling, dropout, augmentation and the split
        for early stopping. The same integer gives bit-equal results for the same
        number of TensorFlow threads on a CPU, and leaves all global random number
        generators untouched.

    verbose : int, default=0
        With 1, show the progress of each fit on standard error.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    n_features_in_ : int
        Pixels of an image.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of a data frame.

    image_shape_ : tuple of (int, int)
        Height and width of the images.

    model_ : keras.Model
        The trained network, from pixels as `fit` saw them, of shape
        ``(n, height, width, 1)``, to logits. It is built anew at each access, of
        stock Keras layers, so that ``model_.save("digits.keras")`` and
        ``model_.export("digits")`` give files that need no skdigits.

    history_ : dict of list of float
        `loss`, `accuracy` and `learning_rate` of each epoch and, with validation
        data, `val_loss` and `val_accuracy`. The training curves are measured
        while the epoch runs, the learning rate at its last step.

    n_iter_ : int
        Epochs run.

    loss_curve_ : list of float
        ``history_["loss"]``.

    validation_scores_ : list of float or None
        ``history_["val_accuracy"]``, None without validation data.

    best_validation_score_ : float or None
        Highest of `validation_scores_`.

    pixel_mean_ : float
        Pixel value that the network sees as zero: the level of the paper, read as
        the median of the training pixels.

    pixel_scale_ : float
        Deviation from `pixel_mean_` that the network sees as one: the root mean
        square over the training pixels.

    See Also
    --------
    DigitPreprocessor : Bring pictures into MNIST framing.
    make_digit_pipeline : Both in one estimator.

    Notes
    -----
    The fitted state consists of NumPy arrays and plain values. Compiled networks
    are kept aside, shared by all estimators of the same configuration in the
    process, so that a search pays for building and tracing a network once.

    Each epoch is a task of scikit-learn's callbacks. A
    :class:`~sklearn.callback.ProgressBar` set on a pipeline or a search shows the
    epochs inside, down to its `max_propagation_depth`. A
    :class:`~sklearn.callback.ScoringMonitor` does not propagate: set it on the
    classifier itself, with `set_callbacks`.

    References
    ----------
    .. [1] D. Cireşan, U. Meier and J. Schmidhuber, "Multi-column deep neural networks
       for image classification", CVPR 2012. `arXiv:1202.2745
       <https://arxiv.org/abs/1202.2745>`_

    .. [2] P. Izmailov et al., "Averaging weights leads to wider optima and better
       generalization", UAI 2018. `arXiv:1803.05407
       <https://arxiv.org/abs/1803.05407>`_

    .. [3] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern
       Neural Networks", ICML 2017. `arXiv:1706.04599
       <https://arxiv.org/abs/1706.04599>`_

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import CNNDigitClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = CNNDigitClassifier(random_state=0).fit(X[:1000], y[:1000])
    >>> clf.score(X[1000:], y[1000:]) > 0.9
    True
    """

    _doc_link_module = "skdigits"  # the HTML representation links to our page
    _doc_link_template = DOC_LINK_TEMPLATE

    _parameter_constraints = {
        "image_shape": [tuple, list, None],
        "filters": [tuple, list],
        "kernel_size": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "padding": [StrOptions({"auto", "same", "valid"})],
        "pool_after": [tuple, list],
        "batch_norm": ["boolean"],
        "dense_units": [tuple, list],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "n_networks": [Interval(Integral, 1, None, closed="left")],
        "network": [callable, None],
        "augmentation": [StrOptions(set(DISTORTIONS)), None],
        "optimizer": [StrOptions({"adam", "adamw", "sgd", "rmsprop"})],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions({"one_cycle", "cosine", "constant"})],
        "average": ["boolean"],
        "weight_decay": [Interval(Real, 0, None, closed="left"), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        image_shape=None,
        filters=(16, 32, 32, 64),
        kernel_size=(5, 3),
        padding="auto",
        pool_after=(1, 3),
        batch_norm=True,
        dense_units=(),
        dropout=0.0,
        n_networks=1,
        network=None,
        augmentation="affine",
        optimizer="adam",
        learning_rate=0.02,
        schedule="one_cycle",
        average=True,
        weight_decay=None,
        label_smoothing=0.1,
        temperature=0.7,
        epochs=10,
        batch_size="auto",
        class_weight=None,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        tol=1e-4,
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.image_shape = image_shape
        self.filters = filters
        self.kernel_size = kernel_size
        self.padding = padding
        self.pool_after = pool_after
        self.batch_norm = batch_norm
        self.dense_units = dense_units
        self.dropout = dropout
        self.n_networks = n_networks
        self.network = network
        self.augmentation = augmentation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.average = average
        self.weight_decay = weight_decay
        self.label_smoothing = label_smoothing
        self.temperature = temperature
        self.epochs = epochs
        self.batch_size = batch_size
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Training images, of any numeric dtype and range. They are neither
            copied nor converted as a whole.
        y : array-like of shape (n_samples,)
            Labels: numbers or strings, of two classes or more.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights in the loss; a weight of zero is as good as
            leaving the image out.
        X_val : array-like like `X`, default=None
            Validation images, which every epoch is measured on. Inside a
            :class:`~sklearn.pipeline.Pipeline`, ``transform_input=["X_val"]`` sends
            them through the steps before.
        y_val : array-like of shape (n_validation,), default=None
            Their labels.
        sample_weight_val : array-like of shape (n_validation,), default=None
            Their weights.

        Returns
        -------
        self : CNNDigitClassifier
            The fitted classifier.
        """
        continued = self.warm_start and self.__sklearn_is_fitted__()
        with _unchanged_on_error(self):
            rows = self._check_training_data(X, y, sample_weight, reset=not continued)
            rng = self._make_generator(continued)
            validation = self._check_validation_data(X_val, y_val, sample_weight_val)
            if self.early_stopping and validation is None:
                seed = int(rng.integers(2**31))
                rows, validation = set_aside(rows, self.validation_fraction, seed)
            if self.class_weight is not None:
                present = np.unique(rows.labels)
                rows = weight_by_class(rows, self.class_weight, present)
            if continued:
                self._check_continuation(rows.labels)
            else:
                self._start(rows, np.unique(rows.labels), rng)
            rows = encode(rows, self.classes_, "y")
            if validation is not None:
                validation = encode(validation, self.classes_, "y_val")
        rates = functools.partial(learning_rates, self.schedule, self.learning_rate)
        rows = rows._replace(weights=rows.weights / rows.weights.mean())
        feed = self._make_feed(rows, rng, self.epochs, rates, self.average)
        self._further_rate = _RATE_AFTER_FIT
        self._train(feed, rng, _describe_task(X, y, sample_weight), validation)
        if not self.warm_start:
            self._optimizer_state = None  # it is twice the size of the weights
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train on a further batch of images: one pass, at a constant rate.

        The optimizer goes on where the last `partial_fit` left it. The learning
        rate is `learning_rate` for the "constant" schedule. Otherwise it is a tenth of
        it or, if `fit` was called before, a fiftieth: a few images of a new hand are
        learned without forgetting the others. Each further pass over the same few
        images learns, and forgets, more.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Training images. The first call learns the range of the pixels.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels there will ever be; required in the first call, unless `fit`
            was called before.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights in the loss.

        Returns
        -------
        self : CNNDigitClassifier
            The classifier, trained further.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' needs all labels at once and is not "
                "supported by partial_fit. Pass a dict of weights, or weights of "
                "the samples as `sample_weight`."
            )
        is_first = not self.__sklearn_is_fitted__()
        with _unchanged_on_error(self):
            _check_partial_fit_first_call(self, classes)
            rows = self._check_training_data(X, y, sample_weight, reset=is_first)
            rng = self._make_generator(continued=not is_first)
            if self.class_weight is not None:
                rows = weight_by_class(rows, self.class_weight, self.classes_)
            if is_first:
                self._start(rows, self.classes_, rng)
                self._further_rate = _RATE_OF_A_STREAM
            else:
                self._check_same_network()
            rows = encode(rows, self.classes_, "y")
        late = 1 if self.schedule == "constant" else self._further_rate
        rates = functools.partial(learning_rates, "constant", late * self.learning_rate)
        feed = self._make_feed(rows, rng, 1, rates, average=False)
        self._train(feed, rng, _describe_task(X, y, sample_weight))
        return self

    def predict(self, X):
        """Predict the label of each image.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Images.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels, of the dtype of those given to `fit`.
        """
        logits = self._logits(X)
        return self.classes_[logits.argmax(axis=1)]

    def predict_proba(self, X):
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Images.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float64
            Rows sum to one; columns are in the order of `classes_`.
        """
        return softmax(self._logits(X), axis=1)

    def predict_log_proba(self, X):
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Images.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float64
            Finite even where the probability is too small for a float.
        """
        return log_softmax(self._logits(X), axis=1)

    def decision_function(self, X):
        """Compute the logits, divided by `temperature`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Images.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or (n_samples,), float64
            For two classes, the logit of ``classes_[1]`` over ``classes_[0]``.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    @property
    def model_(self):
        """The trained network as a new `keras.Model`."""
        check_is_fitted(self)
        return engine.build_keras_model(
            self._network_spec,
            self._weights,
            self.pixel_mean_,
            self.pixel_scale_,
            self.temperature,
        )

    @property
    def n_iter_(self):
        """Epochs run."""
        return len(self.history_["loss"])

    @property
    def loss_curve_(self):
        """Training loss of each epoch."""
        return self.history_["loss"]

    @property
    def validation_scores_(self):
        """Validation accuracy of each epoch, None without validation data."""
        return self.history_.get("val_accuracy")

    @property
    def best_validation_score_(self):
        """Highest validation accuracy, None without validation data."""
        scores = self.validation_scores_
        return None if scores is None else float(np.nanmax(scores))

    def _check_training_data(self, X, y, sample_weight, *, reset):
        """Validate images, labels and weights; leave out what has no weight."""
        X, y = self._check_images(X, y, reset=reset)
        check_classification_targets(y)
        weights = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True, copy=True
        )
        return LabelledRows(X, np.arange(len(y)), y, weights).take(weights > 0)

    def _check_images(self, X, y="no_validation", *, reset):
        """Validate images, with labels or without, and flatten them to rows."""
        shape = getattr(X, "shape", None)
        is_one_image = not reset and (
            shape == self.image_shape_ != (1, self.n_features_in_)
            or shape == (*self.image_shape_, 1)
        )
        if is_one_image:
            raise ValueError(
                f"X must hold a row for each image. Got one image of shape {shape}; "
                "pass X[np.newaxis] to predict a single image."
            )
        rows, shape = as_rows(X)
        checked = validate_data(self, rows, y, reset=reset)
        rows = checked if isinstance(y, str) else checked[0]
        if reset:
            self.image_shape_ = self._find_image_shape(shape)
        elif shape not in (None, self.image_shape_):
            raise ValueError(
                f"X must hold images of shape {self.image_shape_}, as in `fit`. Got "
                f"shape {shape}; DigitPreprocessor brings images of any size to one."
            )
        return checked

    def _find_image_shape(self, shape):
        if self.image_shape is None:
            return shape or find_image_shape(self.n_features_in_)
        wanted = _whole_numbers("image_shape", self.image_shape)
        if len(wanted) != 2 or np.prod(wanted) != self.n_features_in_:
            raise ValueError(
                "`image_shape` must be the height and width of the images in X. Got "
                f"image_shape={self.image_shape!r} for images of "
                f"{self.n_features_in_} pixels."
            )
        if shape not in (None, wanted):
            raise ValueError(
                f"X must hold images of image_shape={wanted}. Got shape {shape}."
            )
        return wanted

    def _check_validation_data(self, X_val, y_val, sample_weight_val):
        """Validate (X_val, y_val, weights); None if there are none."""
        given = {
            "X_val": X_val,
            "y_val": y_val,
            "sample_weight_val": sample_weight_val,
        }
        given = [name for name, value in given.items() if value is not None]
        if not given:
            return None
        if "X_val" not in given or "y_val" not in given:
            raise ValueError(
                "X_val and y_val belong together, and sample_weight_val to both. Got "
                f"{' and '.join(given)} only."
            )
        X_val, y_val = self._check_images(X_val, y_val, reset=False)
        weights = _check_sample_weight(
            sample_weight_val, X_val, dtype=np.float64, ensure_non_negative=True
        )
        return LabelledRows(X_val, np.arange(len(y_val)), y_val, weights)

    def _make_generator(self, continued):
        """Draw one number from `random_state`, and all else from that."""
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        # Going on with the same integer, the next epochs are shuffled differently.
        return np.random.default_rng([seed, self.n_iter_ if continued else 0])

    def _start(self, rows, classes, rng):
        """Set up everything that a new fit learns, with weights still untrained."""
        if len(classes) < 2:
            raise ValueError(
                "y must hold at least two classes. Got one class only: "
                f"{classes.tolist()}."
            )
        self.classes_ = classes
        sample = rows.take(spread_sample(len(rows.labels)))
        self.pixel_mean_, strength = measure_pixels(sample.gather())
        self.pixel_scale_ = strength or 1.0
        self._network_config = vars(self._describe_network()).copy()
        self._weights = engine.initial_weights(self._network_spec, rng)
        self._optimizer_state = None
        self.history_ = {"loss": [], "accuracy": [], "learning_rate": []}

    def _describe_network(self):
        kernel_size = self.kernel_size
        if isinstance(kernel_size, Integral):
            kernel_size = (kernel_size,)
        elif not kernel_size:
            raise InvalidParameterError(
                "The 'kernel_size' parameter of CNNDigitClassifier must hold at least "
                f"one int. Got {kernel_size!r} instead."
            )
        if not isinstance(self.network, Hashable):
            raise InvalidParameterError(
                "The 'network' parameter of CNNDigitClassifier must be hashable, to "
                f"tell one network from another. Got {self.network!r} instead."
            )
        return NetworkSpec(
            image_shape=self.image_shape_,
            n_classes=len(self.classes_),
            filters=_whole_numbers("filters", self.filters),
            kernel_size=_whole_numbers("kernel_size", kernel_size),
            padding=self._padding_of_each(),
            pool_after=_whole_numbers("pool_after", self.pool_after),
            batch_norm=bool(self.batch_norm),
            dense_units=_whole_numbers("dense_units", self.dense_units),
            dropout=float(self.dropout),
            n_networks=int(self.n_networks),
            network=self.network,
        )

    def _padding_of_each(self):
        if self.padding != "auto":
            return (self.padding,)
        return ("same",) if is_tiny(self.image_shape_) else ("valid", "same")

    @property
    def _network_spec(self):
        return NetworkSpec(**self._network_config)

    def _check_continuation(self, labels):
        classes = np.unique(labels)
        if not np.array_equal(classes, self.classes_):
            raise ValueError(
                "With warm_start=True, y must hold the classes of the previous fit, "
                f"{self.classes_.tolist()}. Got {classes.tolist()}."
            )
        self._check_same_network()

    def _check_same_network(self):
        before, now = self._network_config, vars(self._describe_network())
        changed = [name for name in now if now[name] != before[name]]
        if changed:
            raise ValueError(
                "A fitted network can only be trained further as it is, but "
                f"{', '.join(changed)} changed since. Clone the classifier for "
                "another network."
            )

    def _make_feed(self, rows, rng, n_epochs, rates, average):
        batch_size = self.batch_size
        if batch_size == "auto":
            batch_size = int(np.clip(len(rows.labels) // 80, 8, 128))
        return Feed(
            rows,
            batch_size=batch_size,
            n_epochs=n_epochs,
            rates=rates,
            average=average,
            rng=rng,
        )

    def _train(self, feed, rng, task, validation=None):
        """Train; keep weights, optimizer state and history up to the last epoch."""
        watch = EarlyStopping(self.tol, self.n_iter_no_change)
        fit_context = self._init_callback_context(max_subtasks=feed.n_epochs)
        fit_context.call_on_fit_task_begin(estimator=self, **task)
        epoch_context = None

        def on_epoch_begin():
            nonlocal epoch_context
            epoch_context = fit_context.subcontext("epoch")
            epoch_context.call_on_fit_task_begin(estimator=self, **task)

        def on_epoch_end(result):
            # The estimator is as if the fit had stopped here: a callback's copy of
            # it can predict, and an interrupted fit leaves the last full epoch.
            self._weights = trainer.get_weights()
            self._record(result, validation)
            show(self.history_)
            stop = epoch_context.call_on_fit_task_end(
                estimator=self, **task, reconstruction_attributes={}
            )
            if self.early_stopping and validation is not None:
                score = self.history_["val_accuracy"][-1]
                stop |= watch.update(score, self._weights)
            return stop

        with (
            engine.trainers.borrow(self._describe_training()) as trainer,
            epoch_progress(feed.n_epochs, enabled=bool(self.verbose)) as show,
        ):
            trainer.load(
                self._weights,
                self._find_optimizer_state(),
                rng,
                is_trained=self.n_iter_ > 0,
                pixel_mean=self.pixel_mean_,
                pixel_scale=self.pixel_scale_,
                smoothing_per_rate=self.label_smoothing / self.learning_rate,
                weight_decay=self._find_weight_decay(),
            )
            trainer.train(feed, on_epoch_begin, on_epoch_end)
            self._optimizer_state = (self.optimizer, trainer.get_optimizer_state())
        if watch.best_weights is not None:
            self._weights = watch.best_weights
        fit_context.call_on_fit_task_end(
            estimator=self, **task, reconstruction_attributes={}
        )

    def _describe_training(self):
        spec = self._network_spec
        return TrainingSpec(
            network=spec,
            optimizer="adam" if self.optimizer == "adamw" else self.optimizer,
            augmentation=None if is_tiny(spec.image_shape) else self.augmentation,
            decays_weights=self._find_weight_decay() > 0,
        )

    def _find_optimizer_state(self):
        """Find the state to go on from; None starts a new optimizer."""
        name, state = self._optimizer_state or (None, None)
        return state if name == self.optimizer else None

    def _find_weight_decay(self):
        if self.weight_decay is not None:
            return self.weight_decay
        return _ADAMW_WEIGHT_DECAY if self.optimizer == "adamw" else 0.0

    def _record(self, result, validation):
        """Append an epoch to the history; NaN where nothing was measured."""
        measured = dataclasses.asdict(result)
        if validation is not None:
            logits = self._rows_to_logits(validation.gather())
            codes, weights = validation.labels, validation.weights
            losses = -log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
            hits = logits.argmax(axis=1) == codes
            measured["val_loss"] = np.average(losses, weights=weights)
            measured["val_accuracy"] = np.average(hits, weights=weights)
        n_before = self.n_iter_
        for name in {**self.history_, **measured}:
            curve = self.history_.setdefault(name, [float("nan")] * n_before)
            curve.append(float(measured.get(name, "nan")))

    def _logits(self, X):
        """Validate images and compute their logits, in float64."""
        check_is_fitted(self)
        rows = self._check_images(X, reset=False)
        warn_of_foreign_range(rows, self.pixel_mean_, self.pixel_scale_)
        return self._rows_to_logits(rows)

    def _rows_to_logits(self, rows):
        logits = engine.compute_logits(
            self._network_spec,
            rows,
            self._weights,
            self.pixel_mean_,
            self.pixel_scale_,
        )
        return logits.astype(np.float64) / self.temperature

    def __sklearn_is_fitted__(self):
        """Whether at least one epoch has been trained."""
        return bool(getattr(self, "history_", {}).get("loss"))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _whole_numbers(name, values):
    """Check that a sequence holds positive integers and make it a tuple."""
    if not all(isinstance(value, Integral) and value > 0 for value in values):
        raise InvalidParameterError(
            f"The {name!r} parameter of CNNDigitClassifier must hold ints in the range "
            f"[1, inf). Got {values!r} instead."
        )
    return tuple(int(value) for value in values)


@contextlib.contextmanager
def _unchanged_on_error(estimator):
    """Leave an estimator as it was if the data it is given turn out to be bad."""
    before = vars(estimator).copy()
    try:
        yield
    except Exception:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _describe_task(X, y, sample_weight):
    """Collect what callbacks are told of a fit: its data as the caller gave them."""
    metadata = None if sample_weight is None else {"sample_weight": sample_weight}
    return {"X": X, "y": y, "metadata": metadata}
