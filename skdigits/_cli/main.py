"""The entry point of the command line: run a command, report errors in one line."""

import importlib
import os
import sys
import warnings

from skdigits._cli.arguments import build_parser
from skdigits._cli.console import CommandError, describe, say, show_warning, status
from skdigits.exceptions import SkdigitsError


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; those of the process if None.

    Returns
    -------
    int
        Exit status: 0 for success, 1 if files, folders or data cannot be used, 130 if
        interrupted. Wrong arguments exit the interpreter with status 2.
    """
    args = build_parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = show_warning
            with status("starting"):  # slow imports, which --help does not need
                command = importlib.import_module(f"skdigits._cli.{args.command}")
            return command.run(args)
    except BrokenPipeError:
        raise  # the reader of the output closed it, see `entrypoint`
    except (OSError, SkdigitsError, CommandError) as err:
        say(f"error: {describe(err)}")
        return 1
    except KeyboardInterrupt as interrupt:
        say(" ".join(["interrupted", *interrupt.args]))
        return 130


def entrypoint():
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # The terminal's encoding may lack characters of file names.
        stream.reconfigure(errors="backslashreplace")
    exit_status = 0
    try:
        exit_status = main()
        sys.stdout.flush()
    except OSError as err:
        # Python flushes once more at exit, which would print a second error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if exit_status == 0 and not isinstance(err, BrokenPipeError):
            say(f"error: standard output: {err.strerror}")
        exit_status = 1
    sys.exit(exit_status)
