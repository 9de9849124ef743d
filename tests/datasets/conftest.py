"""A real server on the loopback interface, in place of the public archives."""

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from skdigits.datasets import _uci


class Mirrors(ThreadingHTTPServer):
    """Several mirrors in one server: the first part of a path is the mirror's name."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {}
        self.requests = []
        self.closing = threading.Event()

    def url(self, mirror):
        return f"http://127.0.0.1:{self.server_port}/{mirror}/"

    def offer(self, mirror, files, how="whole"):
        for name, content in files.items():
            self.answers[f"/{mirror}/{name}"] = how, content


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        how, content = self.server.answers.get(self.path, ("absent", b""))
        if how == "absent":
            self.send_error(404)
        elif how == "silent":
            self.server.closing.wait(10)
        elif how == "babbling":
            self.wfile.write(b"220 this is no web server\r\n")
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2 if how == "half" else None])

    def log_message(self, *args):
        """Keep the output of the tests clean."""


@pytest.fixture
def mirrors(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with Mirrors() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def down():
    """The URL of a mirror that refuses connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}/"


@pytest.fixture
def uci(mirrors, monkeypatch):
    """The server in place of the UCI repository, and no data on disk."""
    monkeypatch.setattr(_uci, "_REPOSITORY", mirrors.url("uci"))
    monkeypatch.delenv("SKDIGITS_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", os.devnull)  # must never be written to
    return mirrors
