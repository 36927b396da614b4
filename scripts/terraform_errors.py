"""Turns Terraform's error messages into one sentence each: heading, Terraform's explanation, and the fix if known.

Terraform prints an error as a heading, the place in the code, and paragraphs
(https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic has the same parts).
"""

import re
from collections.abc import Iterator

_MOST = 3  # the most errors to show; the log has all of them
_START = re.compile(r"^(Error|Warning): (.*)$")
_FRAME = re.compile(r"^[│╷╵] ?")
_PLACE = re.compile(r"^ {2,}on (\S+) line (\d+)")
_PROVIDER = "name a filesystem mirror that holds the provider in PROVIDER_MIRROR, or reach registry.terraform.io."
_FIXES = {
    "Error acquiring the state lock": "Wait until the other run has ended. If none is at work, "
    "`make unlock ENV=<environment>` releases the lock.",
    "Saved plan is stale": "Run `make plan` again, read it, then apply.",
    "No value for required variable": "Give it in the environment's tfvars file, or in TF_VAR_<name>.",
    "Failed to query available provider packages": f"To fix it, {_PROVIDER}",
    "Failed to install provider": f"To fix it, {_PROVIDER}",
    "No valid credential sources found": "Load the credentials of the account that the tfvars file names.",
}


def sentences(said: str) -> str:
    """Return the errors in Terraform's output as one text; empty when there is none."""
    found = list(dict.fromkeys(map(_sentence, _errors(said))))
    more = f"; {len(found) - _MOST} more" if len(found) > _MOST else ""
    return "; ".join(found[:_MOST]) + more


def _errors(said: str) -> Iterator[list[str]]:
    """Yield the lines of each error, the heading first."""
    block: list[str] | None = None
    for raw in said.splitlines():
        line = _FRAME.sub("", raw)
        start = _START.match(line)
        if start or raw.startswith(("╷", "╵")):
            if block:
                yield block
            block = [start[2]] if start and start[1] == "Error" else None
        elif block is not None:
            block.append(line)
    if block:
        yield block


def _sentence(lines: list[str]) -> str:
    heading, *rest = lines
    place = next((f"{found[1]}:{found[2]}: " for line in rest if (found := _PLACE.match(line))), "")
    paragraphs = re.split(r"\n\s*\n", "\n".join(rest).strip("\n"))
    # Terraform indents the file, the line, and the code that it quotes.
    prose = [" ".join(part.split()) for part in paragraphs if part.strip() and not part.startswith(" ")]
    said = f"{place}{heading.rstrip('.')}" + (f": {' '.join(prose)}" if prose else "")
    fix = next((fix for known, fix in _FIXES.items() if heading.startswith(known)), None)
    return f"{said} {fix}" if fix else said
