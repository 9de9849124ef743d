import os


def test_places_that_cannot_be_written_to_are_errors_before_the_training(
    tmp_path, fails_with
):
    file = tmp_path / "file"
    file.touch()
    refused = "must be writable; got"
    assert fails_with(refused, "train", "--output", file / "model.skops")
    assert fails_with(
        "--output must name a file; got the folder", "train", "--output", tmp_path
    )
    output = ("--output", tmp_path / "model.skops")
    assert fails_with(refused, "train", *output, "--plots", file / "plots")
    assert os.listdir(tmp_path) == ["file"]
