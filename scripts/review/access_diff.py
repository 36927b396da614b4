"""`make access-diff BASE=<revision>`: show for whom a change opens or closes which operation.

It compares decisions, not files. It builds the packaged authorizer of the commit at which this branch left BASE, and
that of this checkout with its uncommitted changes. It asks both about every kind of token, and compares the policies
that they answer, over all paths.

With ACCEPTED=<file>, such as a pull request's description, the exit code is 1 if something opens that no line of the
file accepts; the report prints the line to add. A request that no operation explains cannot be accepted.

python -m scripts.review.access_diff [--base REVISION] [--format markdown|json] [--accepted FILE] [--root DIRECTORY]
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts import command_line
from scripts.console import detail, progress_on_standard_error, step
from scripts.errors import OperationError, run
from scripts.review.acceptance import accepted_lines
from scripts.review.callers import Issuer
from scripts.review.decisions.checkouts import Side, at, here
from scripts.review.decisions.comparison import Comparison, compare
from scripts.review.decisions.questions import answers, questions
from scripts.review.decisions.report import acceptance, as_document, as_markdown
from scripts.review.formats import FORMATS, chosen_format
from scripts.tools import ROOT


def main() -> None:
    """Print the difference on standard output, and the progress on standard error."""
    parser = command_line.parser("access-diff", __doc__)
    parser.add_argument("--base", default=os.environ.get("BASE") or "main", help="default: BASE, else main")
    parser.add_argument("--format", choices=FORMATS, help="default: FORMAT, else markdown")
    parser.add_argument("--accepted", help="a file with lines `accept: <operation> for <caller>` (default: ACCEPTED)")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to compare")
    arguments = parser.parse_args()
    wanted = chosen_format(arguments.format, os.environ)
    accepted = accepted_lines(arguments.accepted, os.environ)
    with progress_on_standard_error():
        step(f"Building the authorizers of {arguments.base} and of this checkout")
        before, after = at(arguments.base, arguments.root), here(arguments.root)
        comparison = difference(before, after)
    if wanted == "json":
        print(json.dumps(as_document(before.name, comparison), indent=2, ensure_ascii=False))
    else:
        print(as_markdown(before.name, comparison, accepted or frozenset()))
    if accepted is not None:
        require_acceptance(comparison, accepted)


def require_acceptance(comparison: Comparison, accepted: frozenset[str]) -> None:
    """Raise OperationError if a row opens something without its line, or a policy opens an undeclared request."""
    missing = [line for row in comparison.rows if (line := acceptance(row)) and line not in accepted]
    if comparison.strays or missing:
        raise OperationError(
            f"openings not accepted: {len(missing)}; allowed requests that no operation explains: "
            f"{len(comparison.strays)}. Change them, or accept each opening with its line from the report."
        )


def difference(before: Side, after: Side) -> Comparison:
    """Ask both authorizers the same questions, each in a process of its own, and compare the answers."""
    asked = [*questions(before.project, after.project)]
    issuer = Issuer()
    step(f"Asking both to decide about {len(asked)} tokens")
    with ThreadPoolExecutor(max_workers=2) as both:
        one, other = both.map(lambda side: answers(side, asked, issuer), (before, after))
    detail("comparing the policies")
    return compare(before.project, after.project, asked, (one, other), issuer.now)


if __name__ == "__main__":
    run(main)
