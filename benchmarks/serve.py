"""Requests a second and latency of a served model.

A server of the standard library, with a thread for each connection, answers with the
pretrained pipeline: a picture of 28x28 bytes in, a digit out. One and eight clients ask
it over the loopback interface, each on one connection, first on an idle machine and
then while every core is busy.

Run: python benchmarks/serve.py
"""

import argparse
import contextlib
import http.client
import subprocess
import sys
import threading
import time
from statistics import quantiles

from _harness import busy_cores, print_machine, print_table


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve()
        return
    print_machine()
    rows = []
    with server() as port:
        for state, load in [("idle", contextlib.nullcontext), ("busy", busy_cores)]:
            for n_clients in (1, 8):
                with load():
                    latencies, seconds = ask(port, n_clients, args.seconds)
                *_, p95 = quantiles(latencies, n=20)
                median = quantiles(latencies, n=2)[0]
                numbers = f"{len(latencies) / seconds:.0f}", f"{1000 * median:.1f}"
                largest = f"{1000 * max(latencies):.0f}"
                row = [state, n_clients, *numbers, f"{1000 * p95:.1f}", largest]
                rows.append(row)
    columns = ["machine", "clients", "requests/s", "median ms", "95 % ms", "most ms"]
    print_table("A picture of 28x28 pixels in, a digit out", columns, rows)


def serve():
    """Answer POST requests until standard input is closed."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    import numpy as np

    from skdigits import load_pretrained

    pipeline = load_pretrained()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self):
            pixels = self.rfile.read(int(self.headers["Content-Length"]))
            image = np.frombuffer(pixels, np.uint8).reshape(1, 28, 28)
            answer = str(pipeline.predict(image)[0]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            """Print nothing for each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        print(httpd.server_port, flush=True)
        sys.stdin.read()
        httpd.shutdown()


@contextlib.contextmanager
def server():
    """Start a server in another process and yield its port."""
    command = [sys.executable, __file__, "--serve"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        yield int(process.stdout.readline())
        process.stdin.close()


def ask(port, n_clients, seconds):
    """Ask from several threads; return the latency of each answer, and the time."""
    from skdigits.datasets import load_digits28

    X, _ = load_digits28(return_X_y=True)
    latencies = []

    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for image in X[number * 200 :]:
            start = time.perf_counter()
            connection.request("POST", "/", image.tobytes())
            connection.getresponse().read()
            end = time.perf_counter()
            latencies.append(end - start)
            if end > deadline:
                break
        connection.close()

    begin = time.perf_counter()
    deadline = begin + seconds
    threads = [threading.Thread(target=client, args=(k,)) for k in range(n_clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, time.perf_counter() - begin


if __name__ == "__main__":
    main()
