"""Runs the tests that claims name, and writes a table of the claims with the results."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts import provider_mirror
from scripts.child_environment import for_program
from scripts.console import detail
from scripts.errors import UserError
from scripts.review.claims import Claim, Proof
from scripts.terraform_root import module_environment
from scripts.tools import ROOT, TERRAFORM, require

PASSED = "passed"
_WORSE = (PASSED, "skipped", "failed")
_KILLS = "10"  # how often the tests kill Terraform during an apply
_ENDED = re.compile(r"^\[\w+\] \[ *\d+%\] (?P<outcome>[A-Z]+) (?P<test>\S+?::\w+)")
"""The line that pytest-xdist prints when a test has ended."""


@dataclass(frozen=True)
class Result:
    """A test's outcome, `passed`, `skipped`, `failed` or `not run`, and why it did not pass, in one line."""

    outcome: str
    reason: str = ""


_NOT_RUN = Result("not run", "there is no such test, or pytest ended before it")

type Results = Mapping[str, Result]
"""Results by `<file>::<name>`."""


def run_proofs(claims: Iterable[Claim], name: str) -> Results:
    """Run every test that the claims name, two files at a time, and print each as it ends.

    pytest writes its report, with all values of a failure, to build/tests/<name>.txt.

    Raises:
        UserError: KILLS or SEED is not a number.
    """
    drawn = {"KILLS": os.environ.get("KILLS") or _KILLS, "SEED": os.environ.get("SEED") or str(int(time.time()))}
    if wrong := [f"{variable}={value}" for variable, value in drawn.items() if not value.isdecimal()]:
        raise UserError(f"{' and '.join(wrong)}: give a whole number, as KILLS=1.")
    junit = ROOT / "build" / "tests" / f"{name}.xml"
    junit.parent.mkdir(parents=True, exist_ok=True)
    junit.unlink(missing_ok=True)
    proofs = sorted({proof for claim in claims for proof in claim.proofs if proof.exists})  # one missing stops pytest
    results = _run_terraform([proof for proof in proofs if proof.file.suffix == ".hcl"])
    return {**results, **_run_pytest([proof for proof in proofs if proof.file.suffix == ".py"], drawn, junit)}


def of(results: Results, proof: Proof) -> Result:
    """Return the result of a test."""
    return results.get(str(proof), _NOT_RUN)


def is_shown(claim: Claim, results: Results) -> bool:
    """Return whether each test of a claim passed."""
    return all(of(results, proof).outcome == PASSED for proof in claim.proofs)


def table(claims: Iterable[Claim], results: Results, heads: tuple[str, str]) -> tuple[str, bool]:
    """Return the claims with the result of each test, in Markdown, and whether each test passed."""
    listed = list(claims)
    lines = [f"| {heads[0]} | {heads[1]} | test | seen |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {claim.subject} | {claim.promise} | `{proof}` | {of(results, proof).outcome} |"
        for claim in listed
        for proof in claim.proofs
    ]
    return "\n".join(lines) + "\n", all(is_shown(claim, results) for claim in listed)


def read_results(junit: str) -> dict[str, Result]:
    """Return the results in pytest's JUnit XML; the worst case of a test counts."""
    found: dict[str, Result] = {}
    for case in ElementTree.fromstring(junit).iter("testcase"):  # noqa: S314 -- our own pytest wrote it
        key = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        found[key] = max(found.get(key, Result(PASSED)), _result(case), key=lambda one: _WORSE.index(one.outcome))
    return found


def _result(case: ElementTree.Element) -> Result:
    for kind, outcome in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if (found := case.find(kind)) is not None:
            return Result(outcome, (found.get("message") or "").strip().partition("\n")[0])
    return Result(PASSED)


def python_environment() -> dict[str, str]:
    """Return the environment of our own modules and tests, with the settings of the local system."""
    return {**for_program(("GATEHOUSE_*", "PROVIDER_MIRROR")), "PYTHONPATH": "functions"}


def _run_pytest(proofs: list[Proof], drawn: Mapping[str, str], junit: Path) -> dict[str, Result]:
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadfile", f"--junitxml={junit}"]
    detail(f"to repeat the random choices, set {' '.join(f'{name}={value}' for name, value in drawn.items())}")
    ordered = sorted(proofs, key=_position)  # as in `make test`: after some tests, a rotation would wait for an hour
    report = junit.with_suffix(".txt")
    detail(f"pytest's report: {report.relative_to(ROOT)}")
    told: set[str] = set()
    with (
        report.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [*command, *map(str, ordered)],
            cwd=ROOT,
            env={**python_environment(), **drawn},
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as running,
    ):
        for line in running.stdout or ():
            kept.write(line)
            kept.flush()
            _tell(line, told, len(ordered))
    return read_results(junit.read_text(encoding="utf-8")) if junit.exists() else {}


def _tell(line: str, told: set[str], total: int) -> None:
    """Print a test when its first case ends, and each case that did not pass."""
    if (ended := _ENDED.match(line)) is None:
        return
    outcome, test = ended["outcome"].lower(), ended["test"]
    if test not in told or outcome != PASSED:
        told.add(test)
        detail(f"{len(told):>3} of {total}  {outcome:7} {test}")


def _position(proof: Proof) -> tuple[Path, int]:
    """Return a test's file, and its position in the file."""
    return proof.file, (ROOT / proof.file).read_text(encoding="utf-8").find(f"def {proof.name}(")


def _run_terraform(proofs: list[Proof]) -> dict[str, Result]:
    """Run the test files of the modules, and find the `run` blocks that passed."""
    found = {}
    for file in sorted({proof.file for proof in proofs}):
        detail(f"terraform test {file}")
        said = _terraform_test(ROOT / file.parents[1], file.name)
        for proof in (proof for proof in proofs if proof.file == file):
            outcomes = [word for word in ("pass", "fail", "skip") if f'run "{proof.name}"... {word}' in said]
            seen = {"pass": PASSED, "fail": "failed"}.get(outcomes[0] if outcomes else "", _NOT_RUN.outcome)
            why = f"run `terraform test` in {file.parents[1]}" if said else "Terraform cannot get the provider here"
            found[str(proof)] = Result(seen, "" if seen == PASSED else why)
    return found


def _terraform_test(module: Path, file: str) -> str:
    config = provider_mirror.cli_config(ROOT / "build" / "terraform" / "terraform.tfrc")
    environment = module_environment(module, config)
    for command in (("init", "-backend=false", "-input=false"), ("test", f"-filter=tests/{file}")):
        answer = subprocess.run(
            [str(require(TERRAFORM)), *command, "-no-color"],
            cwd=module,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode and command[0] == "init":
            return ""  # the provider is not available, so the test did not run
    return answer.stdout
