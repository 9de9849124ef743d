"""Progress of a search: one bar for the fits and, in this process, for the epochs."""

import contextlib


@contextlib.contextmanager
def search_progress(n_fits):
    """Show the progress of a search on standard error.

    Parameters
    ----------
    n_fits : int

    Yields
    ------
    show : callable
        ``show(description, fit)`` after each fit.
    callback : callback of scikit-learn
        Shows the epochs of fits in this process.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    n_done, best = 0, 0.0

    def describe(description, fit):
        nonlocal n_done, best
        n_done, best = n_done + 1, max(best, fit.accuracy)
        return f"fit {n_done}/{n_fits}  accuracy {fit.accuracy:.4f}  {description}"

    if not console.is_terminal:
        yield lambda *args: console.print(describe(*args), soft_wrap=True), None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        fits = progress.add_task("fits", total=n_fits)
        epochs = _EpochBar(progress)

        def show(description, fit):
            progress.console.print(describe(description, fit), soft_wrap=True)
            progress.update(fits, advance=1, description=f"fits, best {best:.4f}")

        yield show, epochs


class _EpochBar:
    """A bar for the epochs of the current fit."""

    def __init__(self, progress):
        self._progress = progress
        self._task = progress.add_task("  epochs", total=None)

    def setup(self, estimator, context):
        self._progress.reset(self._task, total=context.max_subtasks)

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        if context.task_name == "epoch":
            self._progress.advance(self._task)

    def teardown(self, estimator, context):
        pass
