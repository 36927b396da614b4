"""`make evidence`: one folder for an auditor, build/evidence/: what is promised, what shows it, and how that went now.

It runs the tests that docs/threat-model.md names, some minutes with a whole system on this machine, and the proofs,
scans and lists of the other verbs. Nothing in the folder is written by hand. Exit code 1 when a piece failed; README.md
in the folder says which.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from scripts import provider_mirror
from scripts.build.artifacts import machine_architecture
from scripts.child_environment import for_program, for_terraform
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.review import sbom
from scripts.review.threat_model import DOCUMENT, Proof, threats
from scripts.tools import ROOT, TERRAFORM, require

FOLDER = ROOT / "build" / "evidence"
_RESULTS = "test-results.xml"


@dataclass(frozen=True)
class Piece:
    """A part of the evidence: its file in the folder, its meaning, and what makes it and returns whether it is good."""

    file: str
    meaning: str
    make: Callable[[Path], bool]


def main() -> None:
    """Make every piece anew, then the table of contents."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    good = {}
    for piece in PIECES:
        step(f"{piece.meaning} ({piece.file})")
        good[piece.file] = piece.make(FOLDER / piece.file)
        if not good[piece.file]:
            detail(f"NOT GOOD: read {(FOLDER / piece.file).relative_to(ROOT)}")
    (FOLDER / "README.md").write_text(_contents(good), encoding="utf-8")
    step(f"Everything is in {FOLDER.relative_to(ROOT)}/")
    if failed := [file for file, is_good in good.items() if not is_good]:
        raise OperationError(f"not all is good: {', '.join(failed)}.")


def read_results(junit: str) -> dict[str, str]:
    """Return `passed`, `failed` or `skipped` by `<file>::<name>` from pytest's JUnit XML; of many cases the worst."""
    order = ("passed", "skipped", "failed")
    found: dict[str, str] = {}
    for case in ElementTree.fromstring(junit).iter("testcase"):  # noqa: S314 -- our own pytest wrote it
        kinds = {child.tag for child in case}
        result = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        key = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        found[key] = max(found.get(key, "passed"), result, key=order.index)
    return found


def controls(results: dict[str, str]) -> tuple[str, bool]:
    """Return the threats with the result of each test, in Markdown, and whether each test passed."""
    lines, all_passed = ["| threat | control | test | result |", "| --- | --- | --- | --- |"], True
    for threat in threats():
        for proof in threat.tests:
            result = results.get(f"{proof.file}::{proof.name}", "not run")
            all_passed &= result == "passed"
            lines.append(f"| {threat.threat} | {threat.control} | `{proof.file}::{proof.name}` | {result} |")
    return "\n".join(lines) + "\n", all_passed


def _controls(file: Path) -> bool:
    proofs = sorted({proof for threat in threats() for proof in threat.tests})
    results = _run_pytest([proof for proof in proofs if proof.file.suffix == ".py"], file.with_name(_RESULTS))
    results |= _run_terraform([proof for proof in proofs if proof.file.suffix == ".hcl"])
    text, is_good = controls(results)
    file.write_text(text, encoding="utf-8")
    return is_good


def _run_pytest(proofs: list[Proof], junit: Path) -> dict[str, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", f"--junitxml={junit}"]
    command += [f"{proof.file}::{proof.name}" for proof in proofs]
    subprocess.run(command, cwd=ROOT, env=_python(), check=False, stdout=subprocess.DEVNULL)
    return read_results(junit.read_text(encoding="utf-8")) if junit.exists() else {}


def _run_terraform(proofs: list[Proof]) -> dict[str, str]:
    """Run the test files of the modules; a file's result counts for each `run` in it that was not skipped."""
    config = provider_mirror.cli_config(ROOT / "build" / "terraform" / "terraform.tfrc")
    found = {}
    for file in sorted({proof.file for proof in proofs}):
        module = ROOT / file.parents[1]
        environment = {
            **for_terraform(),
            "TF_DATA_DIR": str(ROOT / "build" / "terraform" / "test" / module.name),
            "TF_CLI_CONFIG_FILE": str(config),
            "AWS_REGION": "us-east-1",
        }
        said = ""
        for command in (("init", "-backend=false", "-input=false"), ("test", f"-filter=tests/{file.name}")):
            answer = subprocess.run(
                [str(require(TERRAFORM)), *command, "-no-color"],
                cwd=module, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            said = answer.stdout
            if answer.returncode and command[0] == "init":
                break
        for proof in (proof for proof in proofs if proof.file == file):
            passed = f'run "{proof.name}"... pass' in said
            found[f"{file}::{proof.name}"] = "passed" if passed else "failed" if 'run "' in said else "not run"
    return found


def _output_of(*command: str) -> Callable[[Path], bool]:
    """Return what keeps the output of one of our modules; it is good when the module says so."""

    def make(file: Path) -> bool:
        with file.open("w", encoding="utf-8") as output:
            answer = subprocess.run(
                [sys.executable, "-m", *command], cwd=ROOT, env=_python(), check=False, stdout=output, stderr=output
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
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        cwd=ROOT, env=for_program(), capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    lines = [
        "# Evidence",
        "",
        f"Made by `make evidence` at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC from commit {commit or 'unknown'}.",
        "",
        "| file | what it is | good |",
        "| --- | --- | --- |",
        *(f"| {piece.file} | {piece.meaning} | {'yes' if good[piece.file] else 'NO'} |" for piece in PIECES),
    ]
    return "\n".join(lines) + "\n"


def _python() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": "functions", "PYTHONUTF8": "1"}


PIECES = (
    Piece("build.txt", "The build of what is deployed", _output_of("scripts.build")),
    Piece("archives.sha256", "The hash of each zip; the same commit gives the same bytes on every machine", _hashes),
    Piece("sbom", "The libraries of every archive with their licences, in CycloneDX 1.6", _bills_of_materials),
    Piece("access.md", "Who may call which operation", _output_of("scripts.review.access")),
    Piece("proof.txt", "The proof that the policies allow exactly that", _output_of("scripts.review.prove")),
    Piece("controls.md", "Each threat, its control, and the result of the tests that show it", _controls),
    Piece("threat-model.md", "The threat model", _copy(DOCUMENT)),
    Piece("checkov.json", "The scan of Terraform's files, with the reason of each exception", _checkov),
    Piece("audit.txt", "Known vulnerabilities of the locked libraries", _output_of("scripts.review.audit")),
    Piece("alarms.yaml", "What is watched", _copy(ROOT / "terraform" / "modules" / "monitoring" / "alarms.yaml")),
)

if __name__ == "__main__":
    run(main)
