"""Callbacks of scikit-learn whose messages cannot reach the process that shows them."""

import functools
import warnings
from multiprocessing import AuthenticationError

from sklearn.callback import _progressbar, _scoring_monitor

# Addresses that could not be reached. Each is warned of once in a process.
_lost = set()


def tolerate_lost_listeners():
    """Let a fit go on if the listener of its callbacks cannot be reached.

    scikit-learn 1.9 sends the messages of `ProgressBar` and `ScoringMonitor` through a
    UNIX socket to the process that started the search. Workers on other machines do not
    find it, and each fit would fail in its first hook, which scikit-learn calls before
    any code of skdigits. So its function that sends messages is wrapped, once.
    """
    for module in (_progressbar, _scoring_monitor):
        send = getattr(module, "send", None)
        if send is not None and not hasattr(send, "__wrapped__"):
            module.send = _send_if_heard(send)


def _send_if_heard(send):
    @functools.wraps(send)
    def send_if_heard(listener_handle, message):
        address = listener_handle.address
        if address in _lost:
            return
        try:
            send(listener_handle, message)
        except (OSError, EOFError, AuthenticationError) as err:
            _lost.add(address)
            warnings.warn(
                "The callbacks of this fit are not heard: the process that started "
                f"the search cannot be reached from this one ({err}). The fit goes on "
                "without progress bar and without the scores of its epochs. Leave "
                "callbacks out where workers run on other machines.",
                stacklevel=2,
            )

    return send_if_heard
