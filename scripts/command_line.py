"""The command line that every verb begins with."""

import argparse


def parser(verb: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of `make <verb>`; `description` is the module's docstring, which keeps its lines."""
    return argparse.ArgumentParser(
        prog=f"make {verb}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
