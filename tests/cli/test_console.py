import io

import pytest

from skdigits._cli.console import describe, list_labels, one_line, say, status


def test_messages_are_one_line_of_limited_length(capsys):
    say("first\nsecond " + "x" * 10_000 + " last")
    err = capsys.readouterr().err
    assert err.startswith("skdigits: first second xxx")
    assert err.endswith("x last\n")
    assert len(err) < 1000


@pytest.mark.parametrize("length", [0, 1, 8, 9])
def test_short_texts_are_kept(length):
    assert one_line("x" * length, 9) == "x" * length


def test_only_the_first_labels_are_listed():
    assert list_labels(range(20)).endswith("18, 19")
    assert list_labels(range(21)).endswith("18, 19, … (21 in all)")


def test_errors_of_the_system_are_described_without_their_number():
    err = FileNotFoundError(2, "No such file", "a.png")
    assert describe(err) == "a.png: No such file"
    assert describe(OSError("no network")) == "no network"


def test_status_is_not_shown_in_a_file(capsys):
    with status("working"):
        pass
    assert capsys.readouterr().err == ""


def test_status_is_erased_after_an_error(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with pytest.raises(ValueError, match="broken"), status("working"):
        raise ValueError("broken")
    assert terminal.getvalue() == "working…\r\033[K"
