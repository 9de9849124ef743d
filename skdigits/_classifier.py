"""A convolutional network as a scikit-learn classifier."""

import functools
from numbers import Integral, Real

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skdigits._callbacks import tolerate_lost_listeners
from skdigits._checks import (
    check_images,
    check_labelled_images,
    check_validation_data,
)
from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits._messages import shorten
from skdigits._network import engine
from skdigits._network.augmentation import DISTORTIONS
from skdigits._network.backend import check_not_forked
from skdigits._network.feed import Feed
from skdigits._network.fitted_state import check_fitted_state
from skdigits._network.fitting import snapshot, train
from skdigits._network.labels import check_same_kind, find_classes
from skdigits._network.pixels import (
    measure_pixels,
    spread_sample,
    warn_of_foreign_range,
)
from skdigits._network.rows import prepare_rows
from skdigits._network.schedule import learning_rates
from skdigits._network.spec import FittedNetwork, NetworkSpec

tolerate_lost_listeners()

# `partial_fit` trains at this share of `learning_rate`: a smaller one after `fit`, so
# that twenty images of one writer do not make the network forget the others.
_PARTIAL_FIT_RATE, _PARTIAL_FIT_RATE_AFTER_FIT = 0.1, 0.02


class CNNDigitClassifier(ClassifierMixin, CallbackSupportMixin, BaseEstimator):
    """Convolutional neural network for images of handwritten digits.

    A Keras network, trained through scikeras, with the interface of any scikit-learn
    classifier: it can be cloned, searched, calibrated, pickled and put into a
    :class:`~sklearn.pipeline.Pipeline`. It expects images in MNIST framing;
    :class:`~skdigits.DigitPreprocessor` brings pictures of any kind into it.

    Parameters
    ----------
    image_shape : tuple of (int, int), default=None
        Height and width of the images in the rows of `X`. If None, that of the
        images if `X` is a stack of them, else a square; rows whose length is not a
        square number are read as strips of height 1, with a warning.

    filters : tuple of int, default=(16, 32, 32, 64)
        Output channels of each convolution. ``()`` gives a multilayer perceptron.

    kernel_size : int or tuple of int, default=(5, 3)
        Side of the convolutions' kernels, one for all or one for each; the last
        one is used for all further convolutions.

    padding : {"auto", "same", "valid"}, default="auto"
        Whether convolutions keep the size of the image or shrink it. "auto" keeps
        it, except in the first convolution of images with at least 16 pixels a side:
        their margin is background, which further layers need not compute.

    pool_after : tuple of int or "auto", default="auto"
        Numbers of the convolutions, counted from 1, that a 2x2 max-pooling follows.
        Numbers beyond the last convolution are ignored, so that a search can vary
        `filters` alone. "auto" is ``(1, 3)``, but ``(3,)`` for images of less than 16
        pixels a side: every pixel of theirs counts.

    batch_norm : bool, default=True
        Whether to normalise the batch after each convolution.

    dense_units : tuple of int, default=()
        Units of the fully connected layers between convolutions and output.

    dropout : float in [0, 1), default=0.0
        Share of the units before the output that each training step leaves out.
        Raise it when the network overfits.

    n_networks : int, default=1
        Number of networks of the layers described above. They are trained together,
        on the same images but from different initial weights, and their logits are
        averaged, much as in [1]_. Two make fewer errors than one, in twice the time.

    network : callable, default=None
        ``network(image_shape, n_classes)`` returns a new `keras.Model` from images of
        shape ``(n, height, width, 1)`` to logits of shape ``(n, n_classes)``, in
        place of `n_networks` of the layers described above. The images are
        standardised, whatever the range of `X`: leave layers such as
        ``Rescaling(1 / 255)`` out. Trained weights are the starting point of `fit`.

        Pass what the network depends on as arguments, with :func:`functools.partial`
        for instance. Global variables that the function reads are noticed in each
        `fit` if they change its layers or their arguments, but not if the code inside
        of custom layers reads them.

    augmentation : {"affine", "robust"} or None, default="affine"
        Random distortion of the training images, new in every epoch: "affine"
        rotates by up to 12 degrees, shears, scales and shifts; "robust" does so a
        little more, varies thickness, sharpness and contrast of the strokes and adds
        noise, for pictures from another source than the training images. Images of
        less than 16 pixels a side are not distorted.

    optimizer : {"adam", "adamw", "sgd", "rmsprop"}, default="adam"
        Optimization algorithm; "sgd" uses a Nesterov momentum of 0.9.

    learning_rate : float, default=0.02
        Highest learning rate of the `schedule`. A sensible rate for "sgd" is 0.05.

    schedule : {"one_cycle", "cosine", "constant"}, default="one_cycle"
        Course of the learning rate: up and down again, from the highest to zero
        along a cosine, or constant.

    average : bool, default=True
        Whether the fitted weights, moving averages of the batch normalisation
        included, are averaged over the steps in the last quarter of `epochs` [2]_,
        instead of those after the last step. On MNIST the defaults make fewer errors
        with it. `partial_fit`, and a fit that stops before that, do not average.

    weight_decay : float, default=None
        Share by which each step shrinks the kernels, as a multiple of the learning
        rate. If None, 0.004 for "adamw" and 0 for the others.

    label_smoothing : float in [0, 1), default=0.1
        Probability that the training targets spread evenly over all classes while
        the learning rate is at its highest. It decays with the learning rate, so the
        final probabilities stay sharp.

    temperature : float, default=0.7
        Divisor of the trained network's logits (temperature scaling [3]_). Training
        and predicted labels do not depend on it; the higher it is, the less confident
        are the probabilities. The value with the least loss on held-out data
        calibrates them. The default makes up for label smoothing and averaged
        weights, which lower the confidence; without these, start from 1.

    epochs : int, default=10
        Passes over the training data.

    batch_size : int or "auto", default="auto"
        Largest number of images in a step. "auto" takes an eightieth of the training
        images, but at least 8 and at most 128, so that few images still make enough
        steps.

    precision : {"float32", "bfloat16", "auto"}, default="float32"
        Number format in which training computes the hidden layers. "bfloat16", Keras'
        policy `mixed_bfloat16`, is faster where TensorFlow computes it natively, and
        slower elsewhere. "auto" uses it on x86 processors with AMX-BF16 or AVX512-BF16
        under Linux and on NVIDIA GPUs of compute capability 8.0 or higher, and
        "float32" elsewhere. Weights, batch statistics, logits, loss and the
        optimizer's state stay float32, and so do predictions and saved models. A
        callable `network` is trained in the format that its layers have.

    class_weight : dict or "balanced", default=None
        Weight of each class in the loss, multiplied with `sample_weight`. Keys are
        labels as `y` holds them, weights are not negative; a weight of 0 leaves the
        class out. "balanced" gives each class the same total weight.

    early_stopping : bool, default=False
        Whether to stop when the accuracy on validation data no longer improves,
        and to return to the best epoch's weights. The validation data are `X_val` and
        `y_val` of :meth:`fit` or, without them, a stratified part of the training
        data.

    validation_fraction : float in (0, 1), default=0.1
        Share of the training data set aside when `early_stopping` is True and
        `fit` is given no `X_val`.

    n_iter_no_change : int, default=5
        Epochs without an improvement of at least `tol` after which to stop early.

    tol : float, default=1e-4
        Least improvement of the accuracy that early stopping takes into account.

    warm_start : bool, default=False
        Whether `fit` starts from the weights and the optimizer's state of the last
        `fit`.

    random_state : int, RandomState instance or None, default=None
        Determines initial weights, shuffling, dropout, augmentation and the split
        for early stopping. On a CPU, the same integer gives bit-equal results with
        the same versions, number of TensorFlow threads and kind of processor. With an
        integer, no global random number generator is used.

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
        The trained network, from pixels in the range of `fit`, of shape
        ``(n, height, width, 1)``, to logits. Each access builds it from stock Keras
        layers, so that the files that ``model_.save("digits.keras")`` and
        ``model_.export("digits")`` write can be loaded without skdigits.

    history_ : dict of list of float
        `loss`, `accuracy` and `learning_rate` of each epoch and, with validation
        data, `val_loss` and `val_accuracy`. Loss and accuracy are measured during the
        epoch, before each step; the learning rate is that of its last step.

    n_iter_ : int
        Epochs run.

    loss_curve_ : list of float
        ``history_["loss"]``.

    validation_scores_ : list of float or None
        ``history_["val_accuracy"]``, None without validation data.

    best_validation_score_ : float or None
        Highest of `validation_scores_`.

    pixel_mean_ : float
        Pixel value that the network sees as zero: the background level, measured as
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
    are shared by all estimators of the same configuration in the process, so that a
    search builds and traces a network once.

    While a fit runs, other threads can predict: they use the state before it until the
    first epoch ends, and then that of the last epoch. A fit that is interrupted keeps
    its last full epoch, or the state before it. If the loss or the weights become
    infinite or NaN, the fit ends with a :class:`~sklearn.exceptions.ConvergenceWarning`
    and the last good epoch (with early stopping, the best one), or with an error if
    there is none.

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
        "pool_after": [tuple, list, StrOptions({"auto"})],
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
        "precision": [StrOptions({"float32", "bfloat16", "auto"})],
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
        pool_after="auto",
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
        precision="float32",
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
        self.precision = precision
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
            Training images, of any numeric dtype and of any range that float32
            holds. They are neither copied nor converted as a whole.
        y : array-like of shape (n_samples,)
            Labels: numbers or strings, of two classes or more.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights in the loss; a weight of zero is the same as leaving
            the image out.
        X_val : array-like like `X`, default=None
            Validation images, in the pixel range of `X`, to measure every epoch on.
            In a :class:`~sklearn.pipeline.Pipeline`, ``transform_input=["X_val"]``
            passes them through the previous steps.
        y_val : array-like of shape (n_validation,), default=None
            Their labels.
        sample_weight_val : array-like of shape (n_validation,), default=None
            Their weights.

        Returns
        -------
        self : CNNDigitClassifier
            The fitted classifier.
        """
        new = snapshot(self)
        goes_on = new.warm_start and new.__sklearn_is_fitted__()
        rows = new._check_training_data(X, y, sample_weight, reset=not goes_on)
        rng = new._make_generator(goes_on)
        validation = check_validation_data(new, X_val, y_val, sample_weight_val)
        sets_aside = new.early_stopping and validation is None
        classes, rows, validation = prepare_rows(
            rows,
            validation,
            class_weight=new.class_weight,
            validation_fraction=new.validation_fraction if sets_aside else None,
            seed=int(rng.integers(2**31)) if sets_aside else None,
        )
        if goes_on:
            new._go_on(classes, rows.pixels)
        else:
            new._start(classes, rows, rng)
        if X_val is not None:
            new._warn_of_foreign_range(validation.pixels, "X_val")
        new._partial_fit_rate = _PARTIAL_FIT_RATE_AFTER_FIT
        feed = Feed(
            rows._replace(weights=rows.weights / rows.weights.mean()),
            batch_size=new.batch_size,
            n_epochs=new.epochs,
            rates=functools.partial(learning_rates, new.schedule, new.learning_rate),
            average=new.average,
            rng=rng,
        )
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        task = {"X": X, "y": y, "metadata": metadata}
        train(self, new, feed, rng, task, validation, keeps_optimizer=new.warm_start)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train on a further batch of images: one pass, at a constant rate.

        The optimizer continues from the last `partial_fit`. With the "constant"
        schedule, the rate is `learning_rate`. Otherwise it is a tenth of it or, after
        `fit`, a fiftieth: a few images of a new writer are learned without forgetting
        the others. Each further pass over the same few images learns, and forgets,
        more.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or \
                (n_samples, h, w, 1)
            Training images. The first call learns the range of the pixels.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that any call will get; required in the first call, unless
            `fit` was called before.
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
        new = snapshot(self)
        goes_on = new.__sklearn_is_fitted__()
        new.classes_ = find_classes(classes, getattr(new, "classes_", None))
        rows = new._check_training_data(X, y, sample_weight, reset=not goes_on)
        rng = new._make_generator(goes_on)
        classes, rows, _ = prepare_rows(
            rows, classes=new.classes_, class_weight=new.class_weight
        )
        if goes_on:
            new._go_on(classes, rows.pixels)
        else:
            new._start(classes, rows, rng)
            new._partial_fit_rate = _PARTIAL_FIT_RATE
        share = 1 if new.schedule == "constant" else new._partial_fit_rate
        feed = Feed(
            rows,
            batch_size=new.batch_size,
            n_epochs=1,
            rates=functools.partial(
                learning_rates, "constant", share * new.learning_rate
            ),
            average=False,
            rng=rng,
        )
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        task = {"X": X, "y": y, "metadata": metadata}
        train(self, new, feed, rng, task, keeps_optimizer=True)
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
        classes, logits = self._compute_logits(X)
        return classes[logits.argmax(axis=1)]

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
        _, logits = self._compute_logits(X)
        return softmax(logits, axis=1)

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
        _, logits = self._compute_logits(X)
        return log_softmax(logits, axis=1)

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
        _, logits = self._compute_logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    @property
    def model_(self):
        """The trained network as a new `keras.Model`."""
        return engine.build_keras_model(self._require_fitted("model_")._network)

    @property
    def n_iter_(self):
        """Epochs run."""
        return len(self._require_fitted("n_iter_").history_["loss"])

    @property
    def loss_curve_(self):
        """Training loss of each epoch."""
        return self._require_fitted("loss_curve_").history_["loss"]

    @property
    def validation_scores_(self):
        """Validation accuracy of each epoch, None without validation data."""
        return self._require_fitted("validation_scores_").history_.get("val_accuracy")

    @property
    def best_validation_score_(self):
        """Highest validation accuracy, None without validation data."""
        history = self._require_fitted("best_validation_score_").history_
        scores = history.get("val_accuracy")
        return None if scores is None else float(np.nanmax(scores))

    def _require_fitted(self, attribute):
        """Return a snapshot to read an attribute from, if it has been trained."""
        check_is_fitted(
            self,
            msg="This %(name)s instance is not fitted yet and has no "
            f"`{attribute}`. Call 'fit' with appropriate arguments first.",
        )
        return snapshot(self)

    @property
    def _network(self):
        return FittedNetwork(
            NetworkSpec(**self._network_config),
            self._weights,
            self.pixel_mean_,
            self.pixel_scale_,
            self.temperature,
        )

    def _check_training_data(self, X, y, sample_weight, *, reset):
        """Check images, labels and weights; leave out what has no weight."""
        check_not_forked()
        rows = check_labelled_images(self, X, y, sample_weight, reset=reset)
        check_classification_targets(rows.labels)
        return rows.take(rows.weights > 0)

    def _make_generator(self, goes_on):
        """Draw one number from `random_state`, and all else from that."""
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        # With the same integer, further epochs are still shuffled in another order.
        return np.random.default_rng([seed, self.n_iter_ if goes_on else 0])

    def _start(self, classes, rows, rng):
        """Set what a new fit learns before its first step."""
        if len(classes) < 2:
            raise ValueError(
                "y must hold at least two classes. Got one class only: "
                f"{shorten(classes.tolist())}."
            )
        self.classes_ = classes
        sample = rows.take(spread_sample(len(rows.labels)))
        self.pixel_mean_, contrast = measure_pixels(sample.gather())
        self.pixel_scale_ = contrast or 1.0
        spec = NetworkSpec.of(self, self.image_shape_, len(classes))
        spec, self._weights = engine.initial_network(spec, rng)
        self._network_config = vars(spec).copy()
        self._optimizer_state = None
        self.history_ = {"loss": [], "accuracy": [], "learning_rate": []}

    def _go_on(self, classes, rows):
        """Check that the state of an earlier fit suits a further one."""
        check_same_kind(classes, self.classes_, "y")
        if not np.array_equal(classes, self.classes_):
            raise ValueError(
                "With warm_start=True, y must hold the classes of the previous fit, "
                f"{shorten(self.classes_.tolist())}. Got {shorten(classes.tolist())}."
            )
        now = vars(NetworkSpec.of(self, self.image_shape_, len(classes))).copy()
        now.pop("architecture")  # known only of networks that have been built
        changed = [name for name in now if now[name] != self._network_config[name]]
        if changed:
            raise ValueError(
                "A fitted network can only be trained further as it is, but "
                f"{', '.join(changed)} changed since. Clone the classifier for "
                "another network."
            )
        self._warn_of_foreign_range(rows)

    def _warn_of_foreign_range(self, rows, name="X"):
        warn_of_foreign_range(rows, self.pixel_mean_, self.pixel_scale_, name)

    def _compute_logits(self, X):
        """Validate images and compute their logits.

        Returns
        -------
        classes : ndarray of shape (n_classes,)
        logits : ndarray of shape (n_samples, n_classes), float64
        """
        check_is_fitted(self)
        fitted = snapshot(self)
        rows = check_images(fitted, X)
        fitted._warn_of_foreign_range(rows)
        return fitted.classes_, engine.compute_logits(fitted._network, rows)

    def __setstate__(self, state):
        """Restore a pickled or saved estimator, of an earlier version, too."""
        state = dict(state)
        if "_further_rate" in state:
            state["_partial_fit_rate"] = state.pop("_further_rate")
        state.setdefault("precision", "float32")
        check_fitted_state(state)
        super().__setstate__(state)

    def __sklearn_is_fitted__(self):
        """Whether at least one epoch has been trained."""
        return bool(getattr(self, "history_", {}).get("loss"))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
