import os
import signal
import threading

import pytest

from skdigits._network.interrupt import interrupt_at_checks


@pytest.fixture(autouse=True)
def _default_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def work_while_pressing(n_times, reached):
    with interrupt_at_checks() as check:
        check()
        for _ in range(n_times):
            press_ctrl_c()
        reached.append("the line after it")
        check()
        reached.append("the line after the check")


def test_interrupt_is_raised_by_the_next_check():
    reached = []
    with pytest.raises(KeyboardInterrupt):
        work_while_pressing(1, reached)
    assert reached == ["the line after it"]


def test_second_interrupt_is_raised_at_once():
    reached = []
    with pytest.raises(KeyboardInterrupt):
        work_while_pressing(2, reached)
    assert reached == []


def test_interrupt_after_the_last_check_is_raised_at_the_end():
    with pytest.raises(KeyboardInterrupt), interrupt_at_checks():
        press_ctrl_c()


def test_handlers_of_others_are_left_alone():
    heard = []
    signal.signal(signal.SIGINT, lambda *args: heard.append(args))
    with interrupt_at_checks() as check:
        press_ctrl_c()
        check()
    assert len(heard) == 1
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_other_threads_run_unhindered():
    done = []

    def run():
        with interrupt_at_checks() as check:
            check()
        done.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [True]
