"""Run the command line as ``python -m skdigits``."""

from skdigits._cli.main import entrypoint

if __name__ == "__main__":
    entrypoint()
