import io

from skdigits._cli.search_progress import search_progress
from skdigits._tuning.fits import Fit, Job

FIT = Fit(Job({"dropout": 0.5}, 1, 0), 0.75, 1.0)


def test_each_fit_is_a_line_where_there_is_no_terminal(capsys):
    with search_progress(2) as (show, callback):
        show("dropout=0.5", FIT)
        show("dropout=0.5", FIT)
    assert callback is None
    assert capsys.readouterr().err == (
        "fit 1/2  accuracy 0.7500  dropout=0.5\nfit 2/2  accuracy 0.7500  dropout=0.5\n"
    )


def test_terminal_shows_a_bar_of_fits_and_one_of_epochs(digits, small, monkeypatch):
    from skdigits import CNNDigitClassifier

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    X, _, y, _ = digits
    with search_progress(1) as (show, callback):
        CNNDigitClassifier(**small).set_callbacks(callback).fit(X, y)
        show("dropout=0.5", FIT)
    shown = terminal.getvalue()
    assert "fits, best 0.7500" in shown
    assert "epochs" in shown
    assert "2/2" in shown
