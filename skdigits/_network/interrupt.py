"""Deliver KeyboardInterrupt only between training blocks."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def interrupt_at_checks():
    """Delay Ctrl-C until the next check.

    A `KeyboardInterrupt` can be raised at any line of Python, including those that
    TensorFlow calls back, where it is swallowed or does damage. So the first Ctrl-C is
    recorded and raised by the next check; a second one interrupts at once.

    Outside the main thread, and where another handler is set for the signal, nothing
    changes.

    Yields
    ------
    check : callable
        Raises `KeyboardInterrupt` if Ctrl-C was pressed.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    pressed = threading.Event()

    def record(signum, frame):
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def check():
        if pressed.is_set():
            pressed.clear()
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, record)
    try:
        yield check
        check()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
