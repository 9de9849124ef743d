"""Read numbers of several digits in pictures."""

import copy
import functools
import re
from numbers import Integral, Real

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils import check_random_state, gen_even_slices
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits._inputs import (
    as_pictures,
    holds_rows,
    open_container,
    prepare_to_send,
    read_picture,
)
from skdigits._io import read_image
from skdigits._messages import list_places, shorten, warn_caller
from skdigits._network.progress import epoch_progress
from skdigits._pretrained import load_pretrained
from skdigits._strings.calibration import fit_temperature
from skdigits._strings.decoding import steps_needed, text_log_probabilities
from skdigits._strings.layout import STRIDE, ReaderNetwork
from skdigits._strings.lines import find_text_lines
from skdigits._strings.pattern import make_language
from skdigits._strings.reading import Reading
from skdigits._strings.training import fit_reader_network
from skdigits._strings.transcription import Rules, transcribe
from skdigits._strings.views import read_views
from skdigits.exceptions import NoDigitFoundWarning

# Share of the lines on which `fit` measures the temperature instead of training; if
# that is fewer lines than the least number, the temperature stays what it was.
_HELD_OUT, _LEAST_HELD_OUT = 0.2, 10


class DigitReader(BaseEstimator):
    """Read numbers of several digits in pictures of any kind.

    Lines of digits are found and straightened, a convolutional network reads them as a
    whole, without cutting digits apart, and a search finds the most probable number
    among those that are allowed. Signs, points and letters beside the digits are
    left out of the answer.

    :func:`load_pretrained("numbers") <skdigits.load_pretrained>` gives a fitted reader;
    `fit` adapts one to your own pictures.

    Parameters
    ----------
    n_digits : int, default=None
        Number of digits that every number has. If None, any.

    pattern : str, default=None
        Regular expression that every number matches as a whole, such as
        ``"(19|20)[0-9]{2}"`` for years. It may hold digits, ``.``, classes, groups,
        ``|`` and quantifiers.

    check : callable, default=None
        ``check(text)`` returns whether a number is possible, for instance by its check
        digit. It is called with numbers of any length that the other constraints
        allow. It chooses among the numbers that are about as probable as the best one;
        what a regular expression can say, `pattern` does faster and for all numbers.

    reject_below : float in [0, 1], default=0.0
        Probability below which the answer is "" instead of the most probable number.

    weights : {"numbers"} or None, default="numbers"
        Where `fit` starts from: the weights of the reader that comes with the package,
        or random ones, which need tens of thousands of lines.

    epochs : int, default=20
        Passes over the training lines.

    learning_rate : float, default=0.001
        Highest learning rate; it rises and falls in one cycle.

    batch_size : int, default=16
        Number of lines in a training step.

    random_state : int, RandomState instance or None, default=None
        Determines which lines are held out, their order and initial random weights.

    verbose : int, default=0
        With 1, show the progress of each fit on standard error.

    n_jobs : int, default=None
        Number of processes that share the pictures. None is 1 unless in a
        `joblib.parallel_config` context, -1 means all processors. Starting them takes
        about a second, which pays off from some hundred pictures on.

    Attributes
    ----------
    temperature_ : float
        Divisor of the logarithms of the probabilities of whole numbers, which makes
        numbers right as often as their probability says [1]_. Which number is
        the most probable does not depend on it.

    loss_curve_ : list of float
        Mean loss of the training lines in each epoch.

    See Also
    --------
    read_number : Read one number in one line of code.
    load_pretrained : Load the reader that comes with the package.
    skdigits.display.ReadingDisplay : Draw what was read into the picture.
    DigitPreprocessor : Frame pictures of single digits.

    Notes
    -----
    Digits should be 12 to 1,000 pixels high.

    The constraints `n_digits`, `pattern` and `check`, and `reject_below` can be set on
    a fitted reader with `set_params`; nothing is trained again. A probability is then
    that of a number among those that are allowed, unless the picture shows that it
    does not obey them: a number of four digits read with ``n_digits=5`` has a low
    probability.

    The network is trained with connectionist temporal classification [2]_. Reading
    does not load TensorFlow.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern
       Neural Networks", ICML 2017. `arXiv:1706.04599
       <https://arxiv.org/abs/1706.04599>`_

    .. [2] A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist temporal
       classification: labelling unsegmented sequence data with recurrent neural
       networks", ICML 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import load_pretrained
    >>> from skdigits.datasets import load_digits28
    >>> X, y = load_digits28(return_X_y=True)
    >>> picture = 255 - np.hstack(X[:4].reshape(-1, 28, 28))
    >>> reader = load_pretrained("numbers")
    >>> reader.predict([picture]).tolist()
    ['0123']
    >>> reader.set_params(pattern="[4-9]*").predict([picture])[0] == "0123"
    False
    """

    _doc_link_module = "skdigits"  # the HTML representation links to our page
    _doc_link_template = DOC_LINK_TEMPLATE

    _parameter_constraints = {
        "n_digits": [Interval(Integral, 1, 100, closed="both"), None],
        "pattern": [str, None],
        "check": [callable, None],
        "reject_below": [Interval(Real, 0, 1, closed="both")],
        "weights": [StrOptions({"numbers"}), None],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_digits=None,
        pattern=None,
        check=None,
        reject_below=0.0,
        weights="numbers",
        epochs=20,
        learning_rate=0.001,
        batch_size=16,
        random_state=None,
        verbose=0,
        n_jobs=None,
    ):
        self.n_digits = n_digits
        self.pattern = pattern
        self.check = check
        self.reject_below = reject_below
        self.weights = weights
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.random_state = random_state
        self.verbose = verbose
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, images, strings):
        """Adapt the reader to pictures whose numbers are known.

        In each picture, the line that most probably shows the number is found. The
        network is trained on four fifths of the lines, from the weights that `weights`
        names, and the temperature is measured on the others, if they are ten or more.

        Parameters
        ----------
        images : array-like of shape (n, h, w) or (n, h, w, channels), or list
            Pictures, as `predict` takes them.
        strings : array-like of shape (n,)
            The number in each picture, as text or integer. Only digits count: signs,
            points and spaces are left out. Numbers with leading zeros must be text. ""
            stands for a picture without a number.

        Returns
        -------
        self : DigitReader

        Raises
        ------
        ValueError
            If `strings` does not hold a number or "" for each picture, or no number
            can be found in any picture.

        Warns
        -----
        NoDigitFoundWarning
            If there are pictures without a line as long as their number, which are
            left out.
        """
        make_language(self.n_digits, self.pattern)  # raises errors before the training
        pictures = _open_pictures(images)
        texts = _check_strings(strings, len(pictures))
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        start, temperature = None, 1.0
        if self.weights is not None:
            shipped = _load_numbers()
            start, temperature = shipped._network, shipped.temperature_
        strips, texts = self._find_strips(pictures, texts, start)
        order = np.random.default_rng(seed).permutation(len(strips))
        n_held_out = int(_HELD_OUT * len(strips))
        if n_held_out < _LEAST_HELD_OUT:
            n_held_out = 0
        network, losses = self._train(
            start, [(strips[i], texts[i]) for i in order[n_held_out:]], seed
        )
        if n_held_out:
            held_out = [(strips[i], texts[i]) for i in order[:n_held_out]]
            temperature = self._measure_temperature(network, held_out, temperature)
        self._weights = list(network.weights)
        self.temperature_, self.loss_curve_ = temperature, losses
        return self

    def predict(self, images):
        """Read the most prominent number in each picture.

        Parameters
        ----------
        images : array-like of shape (n, h, w) or (n, h, w, channels), or list
            Pictures: a list of what :func:`~skdigits.read_image` takes, such as paths,
            bytes, Pillow images and arrays of different sizes, or a stack of arrays.

        Returns
        -------
        texts : ndarray of shape (n,), dtype str
            Digits only; "" where no number was found, or its probability is below
            `reject_below`.

        Raises
        ------
        ValueError
            If `images` or an array in it cannot be pictures, or `n_digits` and
            `pattern` allow no number.
        FileNotFoundError, UnreadableImageError, TypeError
            If a picture cannot be read; the message counts the pictures from 0.

        Warns
        -----
        NoDigitFoundWarning
            If pictures hold no number, or none that is allowed.
        """
        return np.array([reading.text for reading in self.predict_readings(images)])

    def predict_readings(self, images, multiple=False):
        """Read numbers with their probabilities, alternatives and places.

        Parameters
        ----------
        images : array-like of shape (n, h, w) or (n, h, w, channels), or list
            Pictures, as `predict` takes them.
        multiple : bool, default=False
            Whether to read all the numbers of each picture.

        Returns
        -------
        readings : list of Reading, or list of list of Reading
            One for each picture or, with `multiple`, a list for each, from top to
            bottom. A reading has these attributes:

            - `text` : str. What `predict` answers.
            - `probability` : float. Probability that the most probable number is right,
              also if it is rejected; 0 if no number was found.
            - `box` : tuple of int. `left`, `top`, `right` and `bottom` of the most
              probable number: its first column and row in the picture, counted from 0,
              and the first ones beyond. None if no number was found.
            - `digits` : tuple. The digits of the most probable number, each with its
              `label` ("0" to "9"), its `probability`, given the others, and its `box`.
            - `alternatives` : tuple. The most probable numbers, at most ten, the best
              first, each with its `text` and its `probability`.

        Raises
        ------
        ValueError, FileNotFoundError, UnreadableImageError, TypeError
            As in `predict`.

        Warns
        -----
        NoDigitFoundWarning
            If pictures hold no number, or none that is allowed.
        """
        self._validate_params()
        make_language(self.n_digits, self.pattern)  # raises errors before the reading
        check_is_fitted(self)
        read = functools.partial(
            transcribe,
            network=self._network,
            rules=self._rules(self.temperature_),
            multiple=multiple,
        )
        found = self._map(read, _open_pictures(images))
        empty = [i for i, readings in enumerate(found) if not readings]
        if empty:
            warn_caller(
                f"In {len(empty)} of {len(found)} pictures no number was found "
                f"({list_places(empty)}): no line of digits stands out, or none that "
                "`n_digits`, `pattern` and `check` allow. Their readings are empty.",
                NoDigitFoundWarning,
            )
        if multiple:
            return found
        return [readings[0] if readings else Reading() for readings in found]

    def score(self, images, strings):
        """Return the share of the numbers that are read exactly.

        Parameters
        ----------
        images : array-like of shape (n, h, w) or (n, h, w, channels), or list
            Pictures, as `predict` takes them.
        strings : array-like of shape (n,)
            The number in each picture, as text or integer. Only digits are compared.

        Returns
        -------
        float
            From 0 to 1. What `reject_below` rejects counts as wrong.
        """
        answers = self.predict(images)
        return float(np.mean(answers == _check_strings(strings, len(answers))))

    @property
    def _network(self):
        return ReaderNetwork(tuple(self._weights))

    def _rules(self, temperature=1.0):
        return Rules(
            self.n_digits, self.pattern, self.check, self.reject_below, temperature
        )

    def _map(self, function, pictures):
        """Apply a function to each picture, in as many processes as there are jobs."""
        n_jobs = min(effective_n_jobs(self.n_jobs), len(pictures))
        if n_jobs > 1 and isinstance(pictures, list):
            pictures = [
                prepare_to_send(picture, f"Picture {i}")
                for i, picture in enumerate(pictures)
            ]
        chunks = Parallel(n_jobs=n_jobs)(
            delayed(_map_chunk)(function, pictures[chunk], chunk.start)
            for chunk in gen_even_slices(len(pictures), n_jobs)
        )
        return [result for chunk in chunks for result in chunk]

    def _find_strips(self, pictures, texts, network):
        """Find the line of each text; leave out pictures without one."""
        found = self._map(find_text_lines, pictures)
        strips = [
            _choose_strip(lines, text, network)
            for lines, text in zip(found, texts, strict=True)
        ]
        missing = [i for i, strip in enumerate(strips) if strip is None]
        if len(missing) == len(strips):
            raise ValueError(
                "`images` must show the numbers in `strings`. Got no picture with a "
                "line as long as its number; draw what is found in them with "
                "skdigits.display.ReadingDisplay."
            )
        if missing:
            warn_caller(
                f"{len(missing)} of {len(strips)} pictures are left out of the "
                f"training ({list_places(missing)}): no line as long as their number "
                "was found.",
                NoDigitFoundWarning,
            )
        kept = [i for i, strip in enumerate(strips) if strip is not None]
        return [strips[i] for i in kept], [texts[i] for i in kept]

    def _train(self, start, lines, seed):
        """Train on pairs of a strip and its text; return network and losses."""
        strips, texts = zip(*lines, strict=True)
        losses = []
        with epoch_progress(self.epochs, enabled=bool(self.verbose)) as show:

            def report(epoch, loss):
                losses.append(loss)
                show({"loss": losses})

            network = fit_reader_network(
                start,
                strips,
                texts,
                epochs=self.epochs,
                learning_rate=self.learning_rate,
                batch_size=self.batch_size,
                seed=seed,
                reporter=report,
            )
        return network, losses

    def _measure_temperature(self, network, lines, temperature):
        """Fit the temperature to pairs of a strip and its text.

        It stays what it was if none of the lines can be answered.
        """
        strips, texts = zip(*lines, strict=True)
        outputs = network.log_probabilities(strips)
        searched = [
            read_views(network, strip, steps, self._rules().search)
            for strip, steps in zip(strips, outputs, strict=True)
        ]
        answers = [
            (candidates, candidates[0].text == text)
            for candidates, text in zip(searched, texts, strict=True)
            if candidates
        ]
        if not answers:
            return temperature
        return fit_temperature(
            [
                [each.log_probability for each in candidates]
                for candidates, _ in answers
            ],
            [is_right for _, is_right in answers],
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        return tags


def read_number(image, *, n_digits=None, pattern=None, check=None, reject_below=0.0):
    """Read the most prominent number in a picture.

    Parameters
    ----------
    image : str, path-like, bytes, binary file object, PIL.Image.Image or ndarray
        The picture, as :func:`~skdigits.read_image` takes it.
    n_digits : int, default=None
        Number of digits that the number has. If None, any.
    pattern : str, default=None
        Regular expression that the number matches as a whole.
    check : callable, default=None
        ``check(text)`` tells whether a number is possible.
    reject_below : float in [0, 1], default=0.0
        Probability below which the answer is "".

    Returns
    -------
    text : str
        Digits only; "" if no number was found or it was rejected.

    Raises
    ------
    ValueError
        If `n_digits` and `pattern` allow no number, or an array cannot be a picture.
    FileNotFoundError, UnreadableImageError, TypeError
        If the picture cannot be read.

    Warns
    -----
    NoDigitFoundWarning
        If the picture holds no number, or none that is allowed.

    See Also
    --------
    DigitReader : Read many pictures, with probabilities and places.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import read_number
    >>> from skdigits.datasets import load_digits28
    >>> X, y = load_digits28(return_X_y=True)
    >>> read_number(255 - np.hstack(X[:4].reshape(-1, 28, 28)))
    '0123'
    """
    reader = copy.copy(_load_numbers()).set_params(
        n_digits=n_digits, pattern=pattern, check=check, reject_below=reject_below
    )
    return str(reader.predict([read_image(image)])[0])


@functools.cache
def _load_numbers():
    return load_pretrained("numbers")


def _open_pictures(images):
    """Return a sequence of pictures, some of them not yet opened."""
    pictures = open_container(images, "images")
    if holds_rows(pictures):
        raise ValueError(
            "`images` must be a list of pictures, or a stack of shape (n, height, "
            f"width) or (n, height, width, channels). Got {shorten(images)}; pass a "
            "single picture in a list, `[images]`."
        )
    return as_pictures(pictures, "images")


def _check_strings(strings, n_pictures):
    """Return the digits of each number."""
    if isinstance(strings, (str, bytes)) or not hasattr(strings, "__len__"):
        raise ValueError(
            "`strings` must be a list or an array of numbers, as text. Got "
            f"{shorten(strings)}."
        )
    strings = list(strings)
    if len(strings) != n_pictures:
        raise ValueError(
            f"`strings` must hold a number for each of the {n_pictures} pictures. Got "
            f"{len(strings)}."
        )
    for i, string in enumerate(strings):
        if not isinstance(string, (str, Integral)) or isinstance(string, bool):
            raise ValueError(
                f"`strings` must hold numbers as text, or integers. Got "
                f"{shorten(string)} as number {i}; read tables with `dtype=str`, which "
                "keeps leading zeros too."
            )
    texts = [re.sub("[^0-9]", "", str(string)) for string in strings]
    for i, (string, text) in enumerate(zip(strings, texts, strict=True)):
        if not text and str(string).strip():
            raise ValueError(
                f"`strings` must hold digits. Got {shorten(string)} as number {i}; a "
                'picture without a number has "".'
            )
    return texts


def _map_chunk(function, pictures, start):
    """Open and process pictures one after the other, so that one is in memory."""
    return [
        function(
            picture
            if isinstance(picture, np.ndarray)
            else read_picture(picture, f"Picture {i}")
        )
        for i, picture in enumerate(pictures, start)
    ]


def _choose_strip(lines, text, network):
    """Choose the line that most probably shows a text; None if none is long enough."""
    strips = [
        line.strip
        for line in sorted(lines, key=lambda line: -line.prominence)
        if -(-line.strip.shape[1] // STRIDE) >= steps_needed(text)
    ]
    if not strips:
        return None
    if network is None:
        return strips[0]
    digits = np.array([[int(digit) for digit in text]], dtype=int)
    scores = [
        text_log_probabilities(steps, digits)[0]
        for steps in network.log_probabilities(strips)
    ]
    return strips[np.argmax(scores)]
