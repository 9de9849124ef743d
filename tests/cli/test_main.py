import contextlib
import io
import json
import os
import subprocess
import sys

import pytest

import skdigits
from skdigits._cli.main import main


def test_module_runs_as_the_command_does():
    done = subprocess.run(
        [sys.executable, "-m", "skdigits", "--version"], capture_output=True, text=True
    )
    assert done.stdout == f"skdigits {skdigits.__version__}\n"


def test_wrong_usage_exits_with_status_2(run):
    status, out, err = run("trian")
    assert (status, out) == (2, "")
    assert err.startswith("skdigits: error: ")


def test_interruption_anywhere_exits_with_130(monkeypatch, run):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("skdigits._cli.models.load", interrupt)
    assert run("evaluate", "--model", "m.skops") == (130, "", "skdigits: interrupted\n")


def test_process_prints_results_and_errors_and_nothing_else(
    model, pictures, run_python
):
    files = [pictures / "2.png", pictures / "text.png"]
    done = run_python(
        "from skdigits._cli.main import entrypoint; entrypoint()",
        *("predict", "--model", model, *files, "--format", "json"),
    )
    assert done.returncode == 1
    assert [record["digit"] for record in json.loads(done.stdout)] == [2, None]
    assert done.stderr.startswith("skdigits: error: ")
    assert done.stderr.count("\n") == 1


def test_reader_that_closes_the_pipe_early_is_no_error(start_python):
    code = (
        "from skdigits._cli import main as module\n"
        "def main():\n"
        "    while True: print('digit')\n"
        "module.main = main\n"
        "module.entrypoint()"
    )
    process = start_python(code)
    assert process.stdout.readline() == "digit\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 1
    process.stderr.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("n_lines", [1, 10_000])
def test_full_disk_behind_the_output_is_one_error(n_lines):
    code = (
        "from skdigits._cli import predict\n"
        "from skdigits._cli.console import naming\n"
        "from skdigits._cli.main import entrypoint\n"
        "def run(args):\n"
        "    with naming('standard output'):\n"
        f"        for _ in range({n_lines}): print('digit')\n"
        "    return 0\n"
        "predict.run = run\n"
        "entrypoint()"
    )
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "predict", "x.png"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    expected = "skdigits: error: standard output: No space left on device\n"
    assert done.stderr == expected


def test_progress_is_shown_on_a_terminal_and_erased(model, pictures, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["predict", "--model", str(model), str(pictures / "0.png")]) == 0
    assert "loading the model…\r\033[K" in terminal.getvalue()
    assert "reading the pictures…\r\033[K" in terminal.getvalue()


@pytest.mark.parametrize(
    "argv",
    [
        ("evaluate", "--data", "x" * 5000),
        ("evaluate", "--model", "x" * 5000),
        ("train", "--recipe", "x" * 5000),
        ("train", "--seed", "9" * 5000),
        ("train", "--plots", "x" * 5000),
        ("predict", "x", "--plots", "x" * 5000),
    ],
)
def test_errors_do_not_repeat_huge_values(argv, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, _, err = run(*argv)
    assert err.startswith("skdigits: error: ")
    assert len(err) < 1000
    assert err.count("\n") == 1
