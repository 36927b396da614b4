"""`make prove`: prove that the authorizer's policies allow what the documents declare, and nothing else.

It proves this for each connection, each machine client and nobody, over all methods and paths, in whatever way a router
reads a path. It needs no credentials and no build: the authorizer runs in this process. Exit code 1 if a statement of
scripts/review/proof.py does not hold; the command then prints the shortest request that shows it.

python -m scripts.review.prove [--root DIRECTORY]
"""

import json
import time
from pathlib import Path

from authorizer.configuration import build_handler
from authorizer.handler import Unauthorized
from scripts import command_line
from scripts.build.data_files.operations import operations
from scripts.build.data_files.project import Project, load_project
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.review.callers import Caller, Issuer, callers, named_scopes
from scripts.review.proof import Answer, Ask, prove
from scripts.tools import ROOT

_NOTES = 10  # the most notes to print; faults are printed in full


def main() -> None:
    """Prove, and print the proved statements and the faults."""
    parser = command_line.parser("prove", __doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to prove")
    project = load_project(parser.parse_args().root)
    count = sum(1 for document in project.apis.values() for _ in operations(document))
    step(f"Proving {len(project.apis)} APIs, {count} operations, {len(callers(project))} callers")
    issuer = Issuer()
    proof = prove(project, asking(project, issuer), issuer.now, issuer.ends, progress=_Progress(len(project.apis)))
    for note in proof.notes[:_NOTES]:
        detail(f"note: {note}")
    if len(proof.notes) > _NOTES:
        detail(f"note: {len(proof.notes) - _NOTES} more like these")
    for fault in proof.faults:
        detail(f"FAULT: {fault}")
    if proof.faults:
        raise OperationError(f"{len(proof.faults)} statements are false; the authorizer or a document is wrong.")
    step(f"Proved: {proof.policies} policies allow what the documents declare, on all paths and methods")


def asking(project: Project, issuer: Issuer) -> Ask:
    """Return a function that asks this checkout's authorizer with a caller's token.

    The token claims every scope that the API's operations name. With every scope of access.yaml it would exceed the
    limit of a header.
    """
    handler = build_handler(
        issuer.settings(project.access["machine_clients"]),
        json.dumps(project.access_model),
        clock=lambda: issuer.now,
        monotonic=time.monotonic,
        log=lambda _line: None,
    )

    def ask(caller: Caller, api: str) -> Answer | None:
        try:
            return handler(issuer.event(caller, api, project.access["audience"], named_scopes(project, api)), None)
        except Unauthorized:
            return None

    return ask


class _Progress:
    def __init__(self, total: int) -> None:
        self._total, self._begun, self._told = total, 0, time.monotonic()

    def __call__(self, _api: str) -> None:
        self._begun += 1
        if time.monotonic() - self._told >= 2:
            self._told = time.monotonic()
            detail(f"API {self._begun} of {self._total}")


if __name__ == "__main__":
    run(main)
