import io

import rich.console

from skdigits import CNNDigitClassifier
from skdigits._network.progress import epoch_progress

HISTORY = {"loss": [0.5], "accuracy": [0.75], "val_loss": [0.4], "learning_rate": [1.0]}


def test_disabled_progress_shows_nothing(capfd):
    with epoch_progress(3, enabled=False) as show:
        show(HISTORY)
    assert capfd.readouterr() == ("", "")


def test_log_file_gets_a_line_for_each_epoch(capfd):
    with epoch_progress(3, enabled=True) as show:
        show(HISTORY)
    out, err = capfd.readouterr()
    assert out == ""
    assert err == "epoch 1  loss 0.5000  accuracy 0.7500  val_loss 0.4000\n"


def test_terminal_gets_a_bar(monkeypatch):
    screen = io.StringIO()
    terminal = rich.console.Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("rich.console.Console", lambda **params: terminal)
    with epoch_progress(1, enabled=True) as show:
        show(HISTORY)
    assert "epoch 1/1" in screen.getvalue()
    assert "loss 0.5000" in screen.getvalue()


def test_verbose_fit_shows_its_epochs_on_standard_error(digits, small, capfd):
    X, _, y, _ = digits
    CNNDigitClassifier(**small, verbose=1).fit(X, y)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("loss") == 2
