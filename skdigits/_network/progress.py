"""A progress bar with loss and accuracy, on standard error."""

import contextlib


@contextlib.contextmanager
def epoch_progress(n_epochs, *, enabled):
    """Show the progress of a fit: a bar on a terminal, else one line for each epoch.

    Parameters
    ----------
    n_epochs : int
        Number of epochs of the fit.
    enabled : bool
        Whether to show anything at all.

    Yields
    ------
    show : callable
        ``show(history)`` after each epoch, with a dict of lists.
    """
    if not enabled:
        yield lambda history: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda history: console.print(
            f"epoch {len(history['loss'])}  {_describe(history)}", soft_wrap=True
        )
        return
    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=n_epochs)
        yield lambda history: progress.update(
            task, advance=1, description=_describe(history)
        )


def _describe(history):
    """Format the last entry of each curve.

    Examples
    --------
    >>> _describe({"loss": [0.5, 0.25], "accuracy": [0.8, 0.93], "learning_rate": [1]})
    'loss 0.2500  accuracy 0.9300'
    """
    return "  ".join(
        f"{name} {values[-1]:.4f}"
        for name, values in history.items()
        if name != "learning_rate"
    )
