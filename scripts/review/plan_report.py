"""`make plan-report ENV=<environment>`: describe the plan that `make plan` saved in Markdown, and check it by rules.

First come the broken rules and what the plan destroys, with the loss; then the changes that touch security, by module;
the rest is folded. The report never shows sensitive values. It has at most 65,536 characters, GitHub's limit for a
comment (LIMIT=0: no limit). Exit code 1 if the plan breaks a rule (scripts/review/plan/rules.py) that no line of the
file in ACCEPTED accepts; the report prints the line. With CHANGES=<file> it writes the plan's changes to that file as
JSON, with the fingerprints by which two plans are compared (scripts/review/plan/fingerprint.py).

python -m scripts.review.plan_report <environment> [--plan-json FILE] [--accepted FILE] [--changes FILE] [--limit N]
                                     [--root DIRECTORY]
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from scripts import environments
from scripts.build.data_files.operations import operations
from scripts.build.data_files.project import load_project
from scripts.errors import OperationError, UserError, run
from scripts.review.acceptance import accepted_lines
from scripts.review.plan.changes import read
from scripts.review.plan.fingerprint import fingerprints
from scripts.review.plan.report import LIMIT, report
from scripts.review.plan.rules import Public, judge
from scripts.review.saved_plan import add_plan_json, document
from scripts.tools import ROOT


def main() -> None:
    """Print the report; raise OperationError when the plan breaks a rule that nobody has accepted."""
    parser = environments.parser("plan-report", __doc__)
    add_plan_json(parser)
    parser.add_argument("--accepted", help="a file with lines `accept: <rule> <address>` (default: ACCEPTED)")
    parser.add_argument(
        "--changes", type=Path, default=os.environ.get("CHANGES") or None, help="the file to write (default: CHANGES)"
    )
    parser.add_argument("--limit", type=int, help=f"characters, 0 for no limit (default: LIMIT, else {LIMIT})")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="another checkout, whose documents declare the public operations"
    )
    arguments = parser.parse_args()
    environment = environments.find(arguments.environment)
    accepted = accepted_lines(arguments.accepted, os.environ) or frozenset()
    limit = _limit(arguments.limit, os.environ)
    plan = read(document(environment, arguments.plan_json), environment.name)
    if arguments.changes is not None:
        arguments.changes.parent.mkdir(parents=True, exist_ok=True)
        arguments.changes.write_text(json.dumps(fingerprints(plan), indent=2), encoding="utf-8")
    findings = judge(plan, _public(arguments.root))
    print(report(plan, findings, accepted, limit))
    broken = [each for each in findings if each.is_violation and each.acceptance not in accepted]
    if broken:
        rules = sorted({each.rule for each in broken})
        raise OperationError(
            f"the plan of {environment.name} breaks {', '.join(rules)}; change it, or accept each finding with its "
            "line from the report."
        )


def _limit(argument: int | None, shell: Mapping[str, str]) -> int:
    if argument is not None:
        return argument
    text = shell.get("LIMIT") or str(LIMIT)
    if not text.isdigit():
        raise UserError(f"LIMIT is {text}; write a number of characters, 0 for no limit.")
    return int(text)


def _public(root: Path) -> Public:
    project = load_project(root)
    return frozenset(
        (each.method, each.path)
        for document in project.apis.values()
        for each in operations(document)
        if each.any_of is None
    )


if __name__ == "__main__":
    run(main)
