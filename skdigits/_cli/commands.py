"""The command line: ``skdigits train``, ``evaluate`` and ``predict``.

It translates options into calls, and errors into sentences. Whatever is slow to import
is imported by the command that needs it, so that ``--help`` answers at once.
"""

import contextlib
import glob
import os
import shlex
import sys
import warnings
from pathlib import Path

from skdigits import RECIPES
from skdigits._cli.arguments import build_parser
from skdigits.exceptions import (
    NoDigitFoundWarning,
    PixelRangeWarning,
    SeveralDigitsWarning,
    SkdigitsError,
)

_NOTES = {
    NoDigitFoundWarning: "no ink found",
    PixelRangeWarning: "pixels unlike those of the training data",
    SeveralDigitsWarning: "several digits? the largest was read",
}
_THUMBNAIL = 400  # pixels a side that a picture keeps for its place on a sheet
_TEST_SHARE = 0.2
_MIN_PICTURES = 5  # of each label in a folder, so that one of them tests the model


class _DataError(Exception):
    """Something in the user's files or folders keeps a command from going on."""


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; those of the process if None.

    Returns
    -------
    int
        Exit status: 0 if all went well, 1 for files, folders or data that cannot be
        used, 130 if interrupted. A wrong usage exits the interpreter with status 2.
    """
    args = build_parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            return _COMMANDS[args.command](args)
    except BrokenPipeError:
        raise  # whoever reads the output has seen enough
    except (OSError, SkdigitsError, _DataError) as err:
        _say(f"error: {_describe(err)}")
        return 1
    except KeyboardInterrupt as interrupt:
        _say(" ".join(["interrupted", *interrupt.args]))
        return 130


def entrypoint():
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # File names may hold bytes that the terminal has no character for.
        stream.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _train(args):
    with _status("loading the data"):
        from skdigits import save

        pipeline = _start_pipeline(args)
        X_train, X_test, y_train, y_test = _load_split(args, pipeline[0])
        if args.from_pretrained:
            classes = pipeline.classes_
            y_train = _match_labels(y_train, classes, args.data)
            y_test = _match_labels(y_test, classes, args.data)
    _check_output(args.output)
    _check_plots(args.plots)
    _load_tensorflow()

    print(
        f"Training on {len(X_train)} digits, then testing on {len(X_test)} others.",
        file=sys.stderr,
    )
    try:
        if args.from_pretrained:
            for _ in range(args.epochs or 1):
                pipeline[-1].partial_fit(X_train, y_train)
        else:
            pipeline[-1].fit(X_train, y_train)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "before the training was over; no model saved"
        ) from None
    pipeline.set_params(classifier__verbose=0)
    save(pipeline, args.output)

    if args.plots:
        from skdigits._cli.plots import write_learning_curves

        write_learning_curves(pipeline, args.plots)
    _report_on(pipeline[-1], X_test, y_test, args.plots)
    print(
        f"\nThe model is saved as {args.output}. Try it: "
        f"skdigits predict my_digit.png --model {shlex.quote(str(args.output))}"
    )
    return 0


def _evaluate(args):
    _check_plots(args.plots)
    with _status("loading the data"):
        model = _load_model(args.model)
        X, y = _load_test(args, model[0])
        y = _match_labels(y, model.classes_, args.data)
        n_pixels = getattr(model[1], "n_features_in_", X.shape[1])
        if X.shape[1] != n_pixels:
            raise _DataError(
                f"The model reads images of {n_pixels} pixels. Those of {args.data} "
                f"have {X.shape[1]}."
            )
    _load_tensorflow()
    _report_on(model[1:], X, y, args.plots)
    return 0


def _predict(args):
    if args.plots:
        _check_sheet(args.plots)
    with _status("loading the model"):
        from skdigits._cli.report import Reading, print_readings

        model = _load_model(args.model)
    readings = []
    with _status("reading the pictures"):
        for name in args.images:
            try:
                files = _find_pictures(name)
            except (_DataError, OSError) as err:
                readings.append(Reading(name, error=_describe(err)))
            else:
                readings += [_read(model, file, args.top) for file in files]
    if args.plots:  # first: a reader of the output may leave after some lines
        from skdigits._cli.plots import write_readings

        write_readings(readings, args.plots)
    print_readings(readings, min(args.top, len(model.classes_)), args.format)
    sys.stdout.flush()
    failures = [reading for reading in readings if reading.error]
    for reading in failures:
        _say(f"error: {reading.error}")
    if args.show:
        _show(readings)
    return 1 if failures else 0


def _start_pipeline(args):
    """Make the pipeline to train: a new one, or the pretrained one."""
    from sklearn.pipeline import Pipeline

    from skdigits import load_pretrained, make_digit_pipeline

    if args.from_pretrained:
        # A pipeline of its own: the card is true of the pretrained model only.
        pipeline = Pipeline(load_pretrained().steps)
        return pipeline.set_params(
            classifier__random_state=args.seed, classifier__verbose=1
        )
    params = dict(RECIPES[args.recipe])
    if args.epochs is not None:
        params["epochs"] = args.epochs
    return make_digit_pipeline(**params, random_state=args.seed, verbose=1)


def _check_output(path):
    """Make sure, before a long training, that the model can be saved after it."""
    if path.is_dir():
        raise _DataError(f"--output must name a file, but {path} is a folder.")
    _check_writable(path.parent)


def _check_plots(folder):
    if folder is not None:
        _check_writable(folder)


def _check_sheet(path):
    from matplotlib.backend_bases import FigureCanvasBase

    if path.is_dir():
        raise _DataError(f"--plots must name a file, but {path} is a folder.")
    kinds = sorted(FigureCanvasBase.get_supported_filetypes())
    if path.suffix[1:].lower() not in kinds:
        raise _DataError(
            f"--plots must name a file that ends with .{', .'.join(kinds)}. Got "
            f"{path.name!r}."
        )
    _check_writable(path.parent)


def _check_writable(folder):
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as err:
        raise _DataError(
            f"The folder {folder} cannot be written to: {err.strerror}."
        ) from err


def _load_split(args, preprocessor):
    """Load digits to train on and digits to test on."""
    if args.data == "mnist":
        X_train, y_train = _load_mnist("train", args)
        X_test, y_test = _load_mnist("test", args)
        return X_train, X_test, y_train, y_test
    if args.data == "digits":
        from skdigits.datasets import load_digits28

        return _split(*load_digits28(return_X_y=True))
    X, y = _load_folder(args.data, preprocessor)
    _check_counts(y, args.data)
    return _split(X, y)


def _load_test(args, preprocessor):
    """Load the test part of a data set, all pictures of a folder."""
    if args.data == "mnist":
        return _load_mnist("test", args)
    if args.data == "digits":
        _, X, _, y = _load_split(args, preprocessor)
        return X, y
    return _load_folder(args.data, preprocessor)


def _load_mnist(subset, args):
    from skdigits.datasets import fetch_mnist

    return fetch_mnist(subset, data_home=args.data_home, return_X_y=True)


def _load_folder(folder, preprocessor):
    """Load a folder of pictures in MNIST framing."""
    from skdigits.datasets import load_image_folder

    if not Path(folder).expanduser().is_dir():
        raise _DataError(
            f"There is no folder {folder!r}. --data takes 'digits', 'mnist' or a "
            "folder with one sub-folder of pictures per label."
        )
    try:
        pictures = load_image_folder(folder)
    except ValueError as err:
        raise _DataError(str(err)) from err
    return preprocessor.fit_transform(pictures.images), pictures.target


def _split(X, y):
    from sklearn.model_selection import train_test_split

    return train_test_split(X, y, test_size=_TEST_SHARE, stratify=y, random_state=0)


def _check_counts(y, folder):
    import numpy as np

    labels, counts = np.unique(y, return_counts=True)
    if len(labels) < 2:
        raise _DataError(
            f"Training needs pictures of two labels or more. {folder} has those of "
            f"{_list(labels)} only."
        )
    few = counts < _MIN_PICTURES
    if few.any():
        found = [
            f"{n} of {label}" for label, n in zip(labels[few], counts[few], strict=True)
        ]
        raise _DataError(
            f"Training needs {_MIN_PICTURES} pictures of each label or more, as a "
            f"fifth is kept for the test. {folder} has only {', '.join(found)}."
        )


def _load_model(path):
    """Load a pipeline from pictures to probabilities: the pretrained one if None."""
    from sklearn.exceptions import NotFittedError
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import check_is_fitted

    from skdigits import DigitPreprocessor, load, load_pretrained

    if path is None:
        return load_pretrained()
    model = load(path)
    model = getattr(model, "best_estimator_", model)  # of a search
    if not (
        isinstance(model, Pipeline)
        and isinstance(model[0], DigitPreprocessor)
        and hasattr(model, "predict_proba")
    ):
        raise _DataError(
            f"{path} holds a {type(model).__name__}, but the command line needs a "
            "pipeline from pictures to probabilities, such as those of "
            "skdigits.make_digit_pipeline()."
        )
    try:
        check_is_fitted(model)
    except NotFittedError as err:
        raise _DataError(f"{path} holds a pipeline that was not fitted.") from err
    return model


def _match_labels(y, classes, data):
    """Write labels as the model does: '7' for 7, or the other way round."""
    import numpy as np

    known = {_name(label): label for label in classes.tolist()}
    names = [_name(label) for label in y.tolist()]
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise _DataError(
            f"The model knows the labels {_list(known)} only. {data} has others as "
            f"well: {_list(unknown)}."
        )
    return np.array([known[name] for name in names], dtype=classes.dtype)


def _load_tensorflow():
    with _status("loading TensorFlow"):
        from skdigits._network.backend import import_keras

        import_keras()


def _report_on(estimator, X, y, plots):
    """Draw, if asked to, and print how good the estimator is."""
    from skdigits._cli.report import make_report, print_report

    proba = estimator.predict_proba(X)
    report = make_report(y, proba, estimator.classes_)
    if plots:  # first: a reader of the output may leave after some lines
        from skdigits._cli.plots import write_confusion_matrix, write_samples

        write_confusion_matrix(report, plots)
        write_samples(report, X, y, proba, plots)
    print_report(report)


def _find_pictures(name):
    """List the files that a picture, a folder or a pattern stands for."""
    from skdigits.datasets._folder import list_pictures

    path = Path(name)
    if path.is_dir():
        files = [str(file) for file in list_pictures(path)]
        if not files:
            raise _DataError(f"The folder {name} holds no pictures.")
        return files
    if path.exists() or not glob.has_magic(name):
        return [name]
    files = [file for file in sorted(glob.glob(name)) if Path(file).is_file()]
    if not files:
        raise _DataError(f"No file matches the pattern {name}.")
    return files


def _read(model, file, n_best):
    """Read one picture; what goes wrong with it becomes part of the result."""
    import numpy as np

    from skdigits import read_image
    from skdigits._cli.report import Reading

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        try:
            picture = read_image(file)
            framed = model[0].transform([picture])
            proba = model[1:].predict_proba(framed)[0]
        except (ValueError, OSError) as err:
            return Reading(file, error=_describe(err))
    order = (-proba).argsort(kind="stable")[:n_best]
    ranking = zip(model.classes_[order].tolist(), proba[order].tolist(), strict=True)
    notes = [_NOTES.get(item.category, str(item.message)) for item in caught]
    step = max(1, max(picture.shape[:2]) // _THUMBNAIL)
    return Reading(
        file,
        list(ranking),
        "; ".join(notes),
        picture=picture[::step, ::step].copy(),
        framed=np.reshape(np.asarray(framed)[0], model[0].image_shape),
    )


def _show(readings):
    """Open a window with the sheet, and wait until it is closed."""
    from skdigits._cli.plots import can_show, show_readings

    if not can_show():
        raise _DataError(
            "No window can be opened here. Write the sheet to a file with --plots FILE."
        )
    show_readings(readings)


@contextlib.contextmanager
def _status(text):
    """Say on a terminal what takes its time, and take it back afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    print(f"{text}…", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _say(message):
    print(f"skdigits: {message}", file=sys.stderr)


def _show_warning(message, category, filename, lineno, file=None, line=None):
    _say(f"warning: {message}")


def _describe(err):
    """Say what is wrong; the operating system's errors begin with a number."""
    if isinstance(err, OSError) and err.strerror and err.filename is not None:
        return f"{err.filename}: {err.strerror}"
    return str(err)


def _list(labels):
    return ", ".join(str(label) for label in labels)


def _name(label):
    return f"{label:g}" if isinstance(label, float) else str(label)


_COMMANDS = {"train": _train, "evaluate": _evaluate, "predict": _predict}
