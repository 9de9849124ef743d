"""Ctrl-C at moments of our choosing."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def interrupt_at_checks():
    """Hold Ctrl-C back until the next check.

    A `KeyboardInterrupt` may come out of any line of Python, those that TensorFlow
    calls back among them, where it is swallowed or worse. So the first Ctrl-C is only
    noted, and raised by the next check; a second one interrupts at once.

    Outside the main thread, and where somebody else handles the signal, nothing is
    held back.

    Yields
    ------
    check : callable
        Raises `KeyboardInterrupt` if Ctrl-C was pressed.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    heard = threading.Event()

    def note(signum, frame):
        heard.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def check():
        if heard.is_set():
            heard.clear()
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield check
        check()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
