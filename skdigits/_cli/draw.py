"""``skdigits draw``: write the page that reads what is drawn on it, and open it."""

import webbrowser

from skdigits import write_drawing_page
from skdigits._cli.console import CommandError, status
from skdigits._cli.files import check_file
from skdigits._cli.models import load_model


def run(args):
    """Write the drawing page and open it.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command.

    Returns
    -------
    int
        Exit status.
    """
    check_file(args.output, "--output")
    with status("loading the model"):
        model = load_model(args.model, args.trust)
    try:
        write_drawing_page(model, args.output)
    except ValueError as err:
        raise CommandError(f"The page cannot hold this model: {err}") from err
    print(
        f"The page is saved as {args.output}. It needs no server: open it, or send it."
    )
    if args.open and not webbrowser.open(args.output.resolve().as_uri()):
        print("No browser was found here.")
    return 0
