"""The programs of the page "Deployment", each run as a user runs it."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skdigits.datasets import load_digits28

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "guide" / "deployment.rst"


def needs(*modules):
    missing = [name for name in modules if not importlib.util.find_spec(name)]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@pytest.fixture
def folder(tmp_path):
    """Folder with the programs, and pictures of 0, 1 and 2."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = r"code-block:: python\n   :caption: (\S+)\n\n((?:    .*\n|\n)+)"
    programs = re.findall(blocks, text)
    assert len(programs) == text.count(":caption:")
    for name, code in programs:
        (tmp_path / name).write_text(textwrap.dedent(code))
    for digit, image in enumerate(load_digits28().images[:3]):
        Image.fromarray(255 - image).resize((84, 84)).save(tmp_path / f"{digit}.png")
    return tmp_path


def environment():
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "MLFLOW_TRACKING_URI": "runs",  # mlflow-skinny has no database
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def serve(folder):
    """Start a server on a free port and wait until it answers."""
    started = []

    def start(*arguments):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        arguments = [str(part).format(port=port) for part in arguments]
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=folder, env=environment()
            )
        )
        for _ in range(1200):
            assert started[0].poll() is None, "the server has stopped"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return f"http://127.0.0.1:{port}/read"
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not listen")

    yield start
    for server in started:
        server.terminate()
        server.wait(60)


def post(address, data):
    """Post bytes; return the status and the answer."""
    request = urllib.request.Request(address, data)
    try:
        with urllib.request.urlopen(request, timeout=300) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as err:
        return err.code, err.read().decode()


@needs("fastapi", "uvicorn")
def test_web_service_reads_pictures_and_refuses_what_is_none(folder, serve):
    address = serve("uvicorn", "service:app", "--port", "{port}")
    for digit in range(3):
        status, answer = post(address, (folder / f"{digit}.png").read_bytes())
        assert (status, answer["label"], answer["warnings"]) == (200, str(digit), [])
        assert answer["probability"] > 0.5
    Image.new("L", (50, 50), 200).save(folder / "blank.png")
    _, answer = post(address, (folder / "blank.png").read_bytes())
    assert answer["warnings"] == ["No digit found."]
    two = [np.asarray(Image.open(folder / f"{digit}.png")) for digit in (1, 2)]
    Image.fromarray(np.hstack(two)).save(folder / "two.png")
    _, answer = post(address, (folder / "two.png").read_bytes())
    assert answer["warnings"] == ["Several digits: the largest is read."]
    status, answer = post(address, b"no picture")
    assert status == 422
    assert "must be" in answer or "picture" in answer
    assert post(address, bytes(10_000_001))[0] == 413


@needs("gunicorn")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="gunicorn forks")
def test_forked_workers_read_pictures(folder, serve):
    address = serve("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app")
    for digit in range(3):
        status, answer = post(address, (folder / f"{digit}.png").read_bytes())
        assert (status, answer["label"]) == (200, str(digit))


@needs("mlflow")
def test_mlflow_loads_the_model_in_a_fresh_process(folder):
    uri = run(folder, "log_model.py").split()[-1]
    names = [f"{digit}.png" for digit in range(3)]
    assert run(folder, "load_model.py", uri, *names).split() == ["0", "1", "2"]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("onnx_model.py", marks=needs("tf2onnx", "onnxruntime")),
        pytest.param("litert_model.py", marks=needs("ai_edge_litert")),
    ],
)
def test_exported_network_reads_framed_pictures(folder, program):
    names = [f"{digit}.png" for digit in range(3)]
    assert run(folder, program, *names).split()[-3:] == ["0", "1", "2"]
