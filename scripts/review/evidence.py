"""`make evidence`: write a folder for an auditor, build/evidence/: the promises, the tests that show them, the results.

It runs the tests that docs/threat-model.md and docs/faults.md name, against a whole system on this machine, which takes
half an hour and more. It also runs the proofs, scans and lists of the other verbs. Nobody writes in the folder by hand.
Exit code 1 if a piece failed; README.md in the folder says which.
"""

import functools
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.build import sbom
from scripts.build.artifacts import machine_architecture
from scripts.child_environment import for_program
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.releases import commit_here
from scripts.review.claims import FAULTS, THREATS, claims
from scripts.review.proofs import Results, python_environment, run_proofs, table
from scripts.tools import ROOT

FOLDER = ROOT / "build" / "evidence"


@dataclass(frozen=True)
class Piece:
    """A part of the evidence: its file in the folder, its meaning, and the function that writes it and judges it."""

    file: str
    meaning: str
    make: Callable[[Path], bool]


def main() -> None:
    """Remove the folder, write every piece, then the table of contents."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    good = {}
    for piece in PIECES:
        step(f"{piece.meaning} ({piece.file})")
        good[piece.file] = piece.make(FOLDER / piece.file)
        if not good[piece.file]:
            detail(f"FAILED: read {(FOLDER / piece.file).relative_to(ROOT)}")
    (FOLDER / "README.md").write_text(_contents(good), encoding="utf-8")
    step(f"Everything is in {FOLDER.relative_to(ROOT)}/")
    if failed := [file for file, is_good in good.items() if not is_good]:
        raise OperationError(f"these parts failed: {', '.join(failed)}.")


def _shown(document: Path, *heads: str) -> Callable[[Path], bool]:
    """Return a function that writes a document's table with the results of its tests."""

    def make(file: Path) -> bool:
        text, is_good = table(claims(document), _results(), (heads[0], heads[1]))
        file.write_text(text, encoding="utf-8")
        return is_good

    return make


@functools.cache
def _results() -> Results:
    """Run the tests of both documents once, because they share many."""
    return run_proofs([*claims(THREATS), *claims(FAULTS)], "evidence")


def _output_of(*command: str) -> Callable[[Path], bool]:
    """Return a function that runs one of our modules and keeps its output; the exit code decides whether it is good."""

    def make(file: Path) -> bool:
        with file.open("w", encoding="utf-8") as output:
            answer = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=python_environment(),
                check=False,
                stdout=output,
                stderr=output,
            )
        return answer.returncode == 0

    return make


def _checkov(file: Path) -> bool:
    program = ROOT / ".tools" / "checkov" / "bin" / "checkov"
    command = [str(program), "--config-file", ".checkov.yaml", "--output", "json"]
    answer = subprocess.run(command, cwd=ROOT, env=for_program(), capture_output=True, text=True, check=False)
    file.write_text(answer.stdout, encoding="utf-8")
    return answer.returncode == 0


def _bills_of_materials(folder: Path) -> bool:
    return all(sbom.accepted(one) for listed in sbom.write_all(folder).values() for one in listed)


def _hashes(file: Path) -> bool:
    archives = sorted((ROOT / "build" / machine_architecture()).glob("*.zip"))
    lines = [f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}" for archive in archives]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return bool(archives)


def _copy(source: Path) -> Callable[[Path], bool]:
    return lambda file: bool(shutil.copyfile(source, file))


def _contents(good: dict[str, bool]) -> str:
    lines = [
        "# Evidence",
        "",
        f"Made by `make evidence` at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC from commit {commit_here(digits=40)}.",
        "",
        "| file | what it is | good |",
        "| --- | --- | --- |",
        *(f"| {piece.file} | {piece.meaning} | {'yes' if good[piece.file] else 'NO'} |" for piece in PIECES),
    ]
    return "\n".join(lines) + "\n"


PIECES = (
    Piece("build.txt", "The build of what is deployed", _output_of("scripts.build")),
    Piece(
        "archives.sha256",
        f"The hash of each zip; a commit gives the same bytes with every Python {platform.python_version()}",
        _hashes,
    ),
    Piece("sbom", "The libraries of every archive with their licences, in CycloneDX 1.6", _bills_of_materials),
    Piece("access.md", "Who may call which operation", _output_of("scripts.review.access")),
    Piece("proof.txt", "The proof that the policies allow exactly that", _output_of("scripts.review.prove")),
    Piece("threat-model.md", "The threat model", _copy(THREATS)),
    Piece("controls.md", "Each threat, its control, and what its tests showed", _shown(THREATS, "threat", "control")),
    Piece("faults.md", "Each fault, the promise, and what its tests showed", _shown(FAULTS, "fault", "promised")),
    Piece("checkov.json", "The scan of Terraform's files, with the reason of each exception", _checkov),
    Piece("audit.txt", "Known vulnerabilities of the locked libraries", _output_of("scripts.review.audit")),
    Piece("alarms.yaml", "What is watched", _copy(ROOT / "terraform" / "modules" / "monitoring" / "alarms.yaml")),
)

if __name__ == "__main__":
    run(main)
