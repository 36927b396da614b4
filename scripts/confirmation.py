"""Ask at the terminal before something that cannot be taken back."""

import sys

from scripts.errors import UserError


def require_name(environment: str, confirmed: str, *, to: str) -> None:
    """Ask for the environment's name at the terminal, unless `confirmed` has it; `to` says what for: "destroy it".

    Raises:
        UserError: another name was given, or nobody can be asked.
    """
    if not confirmed and sys.stdin.isatty():
        print(f"To {to}, type the environment's name ({environment}): ", end="", flush=True)
        confirmed = sys.stdin.readline().strip()
    if confirmed != environment:
        raise UserError(f"nothing was done: to {to}, type the environment's name or say CONFIRM={environment}.")
