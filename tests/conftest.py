import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier

# The smallest network that learns: tests ask what holds, not how well it reads.
SMALL = {"filters": (8,), "pool_after": (1,), "epochs": 2, "random_state": 0}


@pytest.fixture(scope="session")
def digits():
    """X_train, X_test, y_train, y_test of scikit-learn's 8x8 digits."""
    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, train_size=400, stratify=y, random_state=0)


@pytest.fixture(scope="session")
def small():
    """Parameters of a small, quick and reproducible classifier."""
    return SMALL


@pytest.fixture(scope="session")
def fitted(digits):
    """A fitted classifier; do not fit it again."""
    X, _, y, _ = digits
    return CNNDigitClassifier(**SMALL).fit(X, y)


@pytest.fixture(scope="session")
def mnist_home():
    """Folder with the real MNIST, skipping where there is none."""
    home = os.environ.get("SKDIGITS_DATA_HOME")
    if home is None:
        pytest.skip("needs the real MNIST: set SKDIGITS_DATA_HOME to its folder")
    return home


@pytest.fixture(scope="session")
def practice():
    """Folder of the practice pictures and pen strokes, beside the real MNIST."""
    home = os.environ.get("SKDIGITS_DATA_HOME")
    folder = None if home is None else Path(home).resolve().parent
    if folder is None or not (folder / "practice").is_dir():
        pytest.skip("needs the practice data: set SKDIGITS_DATA_HOME to the folder")
    return folder


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by Selenium, skipping where it is not installed."""
    from selenium import webdriver

    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(programs):
        pytest.skip("needs Debian's packages chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location, driver_path = programs
    for argument in (
        "--headless=new",
        "--no-sandbox",  # CI runs as root
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(driver_path)
    with webdriver.Chrome(options, service) as driver:
        driver.set_script_timeout(120)
        yield driver


@pytest.fixture
def run_python(tmp_path):
    """Run a script in a fresh interpreter and return the finished process."""

    def run(script, *arguments, **environment):
        return subprocess.run(
            [sys.executable, "-c", script, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": _PACKAGE_ROOT, **environment},
            timeout=180,
            check=False,
        )

    return run


@pytest.fixture
def pyplot():
    """Import pyplot without a window, with no figure open before and after."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    yield plt
    plt.close("all")


@pytest.fixture(autouse=True)
def _global_generator():
    """Whatever a test does, the next one finds NumPy's generator as it was."""
    state = np.random.get_state()
    yield
    np.random.set_state(state)


_PACKAGE_ROOT = str(Path(__file__).resolve().parent.parent)
