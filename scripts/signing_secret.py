"""Checks the HS256 secret that a person sets for an environment by the authorizer's own rule."""

from collections.abc import Mapping
from typing import NamedTuple

from authorizer import secret_strength

VARIABLE = "TF_VAR_signing_secret"


class Weakness(NamedTuple):
    """Why the authorizer would refuse the secret, and what the person at the terminal can do."""

    text: str
    fix: str


def problem(shell: Mapping[str, str]) -> Weakness | None:
    """Return why the authorizer would refuse the secret in a shell's variables; None if it is good."""
    secret = shell.get(VARIABLE)
    if not secret:
        return Weakness("signing_algorithm is HS256 and there is no secret", f"set {VARIABLE}")
    if "\n" in secret:
        return Weakness(f"{VARIABLE} has more than one line", "make one with `openssl rand -base64 48`, and set it")
    if weakness := secret_strength.problem(secret.encode()):
        return Weakness(f"{VARIABLE} {weakness}", "make one with `openssl rand -base64 48`, and set it")
    return None
