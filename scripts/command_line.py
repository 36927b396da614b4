"""The command-line parser that every verb starts from."""

import argparse


def parser(verb: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of `make <verb>`; `description` is the module's docstring, whose line breaks stay."""
    return argparse.ArgumentParser(
        prog=f"make {verb}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
