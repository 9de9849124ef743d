"""Models that MLflow logs, read back in a fresh process."""

import pytest

from skdigits import TRUSTED_TYPES, apply_in_batches, load_pretrained
from skdigits.datasets import load_digits28

READER = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow.sklearn
from skdigits.datasets import load_digits28
model = mlflow.sklearn.load_model(sys.argv[1])
print(model.predict(load_digits28().data[:10]).tolist())
"""


@pytest.mark.filterwarnings("ignore")  # what MLflow itself warns of
@pytest.mark.parametrize("kind", ["skops", "cloudpickle"])
def test_logged_pipeline_predicts_in_a_fresh_process(
    tmp_path, monkeypatch, run_python, kind
):
    mlflow = pytest.importorskip("mlflow", reason="needs mlflow-skinny")
    pytest.importorskip("mlflow.sklearn", reason="needs mlflow-skinny")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    pipeline = load_pretrained()
    trusted = {"skops_trusted_types": TRUSTED_TYPES} if kind == "skops" else {}
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            pipeline,
            name="digits",
            serialization_format=kind,
            pip_requirements=["skdigits"],
            **trusted,
        )
    folder = mlflow.artifacts.download_artifacts(info.model_uri)
    done = run_python(READER, folder)
    assert done.returncode == 0, done.stderr
    labels = apply_in_batches(pipeline.predict, load_digits28().data[:10])
    assert done.stdout == f"{labels.tolist()}\n"
