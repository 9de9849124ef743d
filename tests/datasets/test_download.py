"""`skdigits.datasets._download`: what all data sets share.

Downloads are tested with each data set, from a real server.
"""

import socket

from skdigits.datasets import _download


def test_socket_timeout_of_the_caller_is_respected():
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(7)
    try:
        with _download.default_timeout(30):
            assert socket.getdefaulttimeout() == 7
        assert socket.getdefaulttimeout() == 7
    finally:
        socket.setdefaulttimeout(before)
