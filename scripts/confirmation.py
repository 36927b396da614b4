"""Asks at the terminal before an irreversible change."""

import argparse
import os
import sys

from scripts.errors import UserError


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Let a verb's command line take the answer in advance, as `--confirm` or CONFIRM."""
    parser.add_argument(
        "--confirm", default=os.environ.get("CONFIRM", ""), help="the environment, instead of asking; default: CONFIRM"
    )


def require_name(environment: str, confirmed: str, *, to: str) -> None:
    """Ask for the environment's name at the terminal, unless `confirmed` has it; `to` is the purpose: "destroy it".

    Raises:
        UserError: the name is another one, or there is no terminal.
    """
    if not confirmed and sys.stdin.isatty():
        print(f"To {to}, type the environment's name ({environment}): ", end="", flush=True)
        confirmed = sys.stdin.readline().strip()
    if confirmed != environment:
        raise UserError(f"nothing was done: to {to}, type the environment's name or set CONFIRM={environment}.")
