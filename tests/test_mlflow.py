"""Models that MLflow pickles; tests/test_deployment.py has those of skops."""

import pytest

from skdigits import apply_in_batches, load_pretrained
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
def test_pickled_pipeline_predicts_in_a_fresh_process(
    tmp_path, monkeypatch, run_python
):
    mlflow = pytest.importorskip("mlflow", reason="needs mlflow-skinny")
    pytest.importorskip("mlflow.sklearn", reason="needs mlflow-skinny")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # skinny has no database
    mlflow.set_tracking_uri(tmp_path / "runs")
    pipeline = load_pretrained()
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            pipeline,
            name="digits",
            serialization_format="cloudpickle",
            pip_requirements=["skdigits"],
        )
    folder = mlflow.artifacts.download_artifacts(info.model_uri)
    done = run_python(READER, folder)
    assert done.returncode == 0, done.stderr
    labels = apply_in_batches(pipeline.predict, load_digits28().data[:10])
    assert done.stdout == f"{labels.tolist()}\n"
