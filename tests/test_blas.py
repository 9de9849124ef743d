import concurrent.futures
import threading

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from skdigits._blas import single_blas_thread


def count_threads():
    np.ones(1)  # NumPy's BLAS is loaded
    blas = ThreadpoolController().select(user_api="blas")
    return [library.num_threads for library in blas.lib_controllers]


@pytest.fixture(autouse=True)
def _three_threads():
    if not count_threads():
        pytest.skip("needs a BLAS that threadpoolctl controls")
    limit = threadpool_limits(3, user_api="blas")
    with threadpool_limits(None):
        pass  # from here on, other threads may set the number
    if set(count_threads()) != {3}:
        pytest.skip("needs a BLAS built with threads")
    yield
    limit.restore_original_limits()


def test_block_runs_on_one_thread_and_restores_the_number_before():
    with single_blas_thread():
        assert set(count_threads()) == {1}
        with single_blas_thread():
            assert set(count_threads()) == {1}
        assert set(count_threads()) == {1}
    assert set(count_threads()) == {3}


def test_number_is_restored_after_an_error():
    with pytest.raises(ZeroDivisionError), single_blas_thread():
        1 / 0  # noqa: B018
    assert set(count_threads()) == {3}


def test_last_of_overlapping_blocks_restores_the_number_whoever_came_first():
    ready, leave = threading.Event(), threading.Event()

    def stay():
        with single_blas_thread():
            ready.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    ready.wait(10)
    with single_blas_thread():
        leave.set()
        thread.join()
        assert set(count_threads()) == {1}
    assert set(count_threads()) == {3}


def test_many_threads_leave_the_number_as_it_was():
    def work(_):
        for _ in range(200):
            with single_blas_thread():
                pass

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert set(count_threads()) == {3}
