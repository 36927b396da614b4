"""Runs the tests that claims name, and puts claims with the results into a table."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from scripts import provider_mirror
from scripts.child_environment import for_program
from scripts.console import detail
from scripts.review.claims import Claim, Proof
from scripts.terraform_root import module_environment
from scripts.tools import ROOT, TERRAFORM, require

PASSED = "passed"
_WORSE = (PASSED, "skipped", "failed")
_NOT_RUN = "not run"
_NO_PROVIDER = "not run: Terraform cannot get the provider here"
_KILLS = "10"  # of Terraform in an apply

type Results = Mapping[str, str]
"""`passed`, `skipped` or `failed`, by `<file>::<name>`."""


def run_proofs(claims: Iterable[Claim], name: str) -> Results:
    """Run every test that the claims name, two files at a time; build/tests/<name>.xml has why one failed."""
    junit = ROOT / "build" / "tests" / f"{name}.xml"
    junit.parent.mkdir(parents=True, exist_ok=True)
    junit.unlink(missing_ok=True)
    proofs = sorted({proof for claim in claims for proof in claim.proofs})
    results = _run_pytest([proof for proof in proofs if proof.file.suffix == ".py"], junit)
    return {**results, **_run_terraform([proof for proof in proofs if proof.file.suffix == ".hcl"])}


def table(claims: Iterable[Claim], results: Results, heads: tuple[str, str]) -> tuple[str, bool]:
    """Return the claims with the result of each test, in Markdown, and whether each test passed."""
    lines, all_passed = [f"| {heads[0]} | {heads[1]} | test | seen |", "| --- | --- | --- | --- |"], True
    for claim in claims:
        for proof in claim.proofs:
            result = results.get(str(proof), _NOT_RUN)
            all_passed &= result == PASSED
            lines.append(f"| {claim.subject} | {claim.promise} | `{proof}` | {result} |")
    return "\n".join(lines) + "\n", all_passed


def read_results(junit: str) -> dict[str, str]:
    """Return the results in pytest's JUnit XML; of a test with many cases the worst counts."""
    found: dict[str, str] = {}
    for case in ElementTree.fromstring(junit).iter("testcase"):  # noqa: S314 -- our own pytest wrote it
        kinds = {child.tag for child in case}
        result = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else PASSED
        key = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        found[key] = max(found.get(key, PASSED), result, key=_WORSE.index)
    return found


def python_environment() -> dict[str, str]:
    """Return the environment of our own modules and tests, with the settings of the local system."""
    return {**for_program(("GATEHOUSE_*", "PROVIDER_MIRROR")), "PYTHONPATH": "functions"}


def _run_pytest(proofs: list[Proof], junit: Path) -> dict[str, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", f"--junitxml={junit}"]
    drawn = {"KILLS": os.environ.get("KILLS") or _KILLS, "SEED": os.environ.get("SEED") or str(int(time.time()))}
    detail(f"what chance decides is repeated by {' '.join(f'{name}={value}' for name, value in drawn.items())}")
    environment = {**python_environment(), **drawn}
    ordered = sorted(proofs, key=_position)  # as in `make test`: a rotation would wait an hour after some other tests
    subprocess.run([*command, *map(str, ordered)], cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL)
    return read_results(junit.read_text(encoding="utf-8")) if junit.exists() else {}


def _position(proof: Proof) -> tuple[Path, int]:
    """Return where a test is: its file, and the place in it."""
    return proof.file, (ROOT / proof.file).read_text(encoding="utf-8").find(f"def {proof.name}(")


def _run_terraform(proofs: list[Proof]) -> dict[str, str]:
    """Run the test files of the modules, and read which `run` blocks passed."""
    found = {}
    for file in sorted({proof.file for proof in proofs}):
        said = _terraform_test(ROOT / file.parents[1], file.name)
        for proof in (proof for proof in proofs if proof.file == file):
            outcomes = [word for word in ("pass", "fail", "skip") if f'run "{proof.name}"... {word}' in said]
            seen = {"pass": PASSED, "fail": "failed"}.get(outcomes[0] if outcomes else "", _NOT_RUN)
            found[str(proof)] = seen if said else _NO_PROVIDER
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
            return ""  # the provider is not to be had, so the test was not run
    return answer.stdout
