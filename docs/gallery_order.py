"""The order of the examples in the gallery."""

from pathlib import Path

ORDER = [
    "plot_quick_start.py",
    "plot_textbook_cnn.py",
    "plot_against_scikit_learn.py",
    "plot_photo_to_digit.py",
    "plot_reading_a_number.py",
    "plot_form_fields.py",
    "plot_register_page.py",
    "plot_grid_search.py",
    "plot_randomized_and_halving_search.py",
    "plot_optuna.py",
    "plot_progress_and_scores.py",
    "plot_early_stopping.py",
    "plot_augmentation.py",
    "plot_class_and_sample_weights.py",
    "plot_calibration_and_rejection.py",
    "plot_not_a_digit.py",
    "plot_learning_as_data_arrive.py",
    "plot_ensembles.py",
    "plot_what_the_network_looks_at.py",
    "plot_saving_and_exporting.py",
]


def place(path):
    """Return the position of an example in the gallery."""
    return ORDER.index(Path(path).name)


class Story:
    """Sort key that sphinx-gallery creates for each folder of examples."""

    def __init__(self, src_dir):
        pass

    def __call__(self, filename):
        """Return the position of an example in the gallery."""
        return place(filename)
