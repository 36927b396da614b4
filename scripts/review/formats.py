"""The two formats of the review reports: Markdown for people and pull requests, JSON for programs."""

from collections.abc import Mapping

from scripts.errors import UserError

FORMATS = ("markdown", "json")


def chosen_format(argument: str | None, shell: Mapping[str, str]) -> str:
    """Return the format that the argument or else the shell's FORMAT names, by default markdown; raises UserError."""
    chosen = argument or shell.get("FORMAT") or FORMATS[0]
    if chosen not in FORMATS:
        raise UserError(f"FORMAT is {chosen}; write one of {', '.join(FORMATS)}.")
    return chosen
