"""Turns Terraform's error messages into one sentence each: heading, Terraform's explanation, and the fix if known.

Terraform prints an error as a heading, the place in the code, and paragraphs
(https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic has the same parts).
"""

import re
from collections.abc import Iterator

STALE = "Saved plan is stale"
"""The heading with which Terraform refuses a plan, because the state has changed since."""
_MOST = 3  # the most errors to show; the log has all of them
_START = re.compile(r"^(Error|Warning): (.*)$")
_FRAME = re.compile(r"^[│╷╵] ?")
_PLACE = re.compile(r"^ {2,}on (\S+) line (\d+)")
_CREDENTIALS = "Load the credentials of the account that the tfvars file names."
_PROVIDER = "name a filesystem mirror that holds the provider in PROVIDER_MIRROR, or reach registry.terraform.io."
_BACKEND = "in the environment's .s3.tfbackend file."
_FIXES = {
    "Error acquiring the state lock": "Wait until the other run has ended. If none is at work, "
    "`make unlock ENV=<environment>` releases the lock.",
    STALE: "Run `make plan` again, read it, then apply.",
    "No value for required variable": "Give it in the environment's tfvars file, or in TF_VAR_<name>.",
    "Failed to query available provider packages": f"To fix it, {_PROVIDER}",
    "Failed to install provider": f"To fix it, {_PROVIDER}",
    "No valid credential sources found": _CREDENTIALS,
    # Of the state's backend, at `init`.
    "Failed to get existing workspaces: S3 bucket": "Run `make bootstrap ENV=<environment>`, or correct `bucket` "
    f"{_BACKEND}",
    ".* S3 .* requested bucket from": f"Correct `region` {_BACKEND}",
    ".* Unable to (?:list objects|access object)": f"{_CREDENTIALS} If the bucket is somebody else's, correct `bucket` "
    f"{_BACKEND}",
}
"""What to do, by a pattern of the heading's beginning."""
_DETAIL = re.compile(r"operation error |failed to refresh cached credentials")
"""The beginning of a heading that only repeats the cause of the error before it."""


def sentences(said: str) -> str:
    """Return the errors in Terraform's output as one text; empty when there is none."""
    first, *rest = [*_errors(said)] or [[]]
    told = [first, *(lines for lines in rest if not _DETAIL.match(lines[0]))] if first else []
    found = list(dict.fromkeys(map(_sentence, told)))
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
    fix = next((fix for known, fix in _FIXES.items() if re.match(known, heading)), None)
    return f"{said} {fix}" if fix else said
