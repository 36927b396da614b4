"""`make audit`: look up every locked library in PyPI's and npm's databases of known vulnerabilities.

It runs pip-audit and `npm audit` on every file of requirements/ and every package-lock.json. It accepts a vulnerability
that requirements/accepted.yaml names with a reason and a day, until that day. If a database does not know a library or
does not answer, the library is not audited: a line says so, and the command fails.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from scripts.child_environment import for_installers, for_npm
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.install import NODE_FOLDERS
from scripts.tools import NPM, ROOT, require

_ACCEPTED = ROOT / "requirements" / "accepted.yaml"


@dataclass(frozen=True, order=True)
class Vulnerability:
    """A known vulnerability of a locked library: its identifiers, the library with its version, and the fix."""

    identifiers: tuple[str, ...]
    library: str
    fix: str


@dataclass(frozen=True)
class Answer:
    """A database's answer about one lock file; `not_audited` says why parts of it are missing, if any are."""

    vulnerabilities: tuple[Vulnerability, ...]
    not_audited: str | None = None


def main() -> None:
    """Ask about every lock file, print the findings, and judge them."""
    today = datetime.now(UTC).date()
    exceptions = accepted(yaml.safe_load(_ACCEPTED.read_text(encoding="utf-8")), today)
    step("Asking the databases of known vulnerabilities")
    found, silent = [], []
    for lock in locks():
        answer = _ask_npm(lock) if lock.suffix == ".json" else _ask_pypi(lock)
        name = lock.relative_to(ROOT)
        if answer.not_audited:
            silent.append(str(name))
            detail(f"NOT AUDITED {name}: {answer.not_audited}")
        for one in answer.vulnerabilities:
            reason = next((exceptions[each] for each in one.identifiers if each in exceptions), None)
            detail(
                f"{'accepted' if reason else 'VULNERABLE'} {one.library}: {', '.join(one.identifiers)}; "
                + (reason or one.fix)
            )
            found += [] if reason else [one.library]
    if found:
        raise OperationError(
            f"known vulnerabilities in {', '.join(sorted(set(found)))}: take a fixed version (`make lock UPGRADE=1`), "
            f"or accept it until a day in {_ACCEPTED.relative_to(ROOT)}."
        )
    if silent:
        raise OperationError(f"no known vulnerabilities, but these were not audited: {', '.join(silent)}.")
    step("No known vulnerabilities")


def locks() -> list[Path]:
    """Return every lock file of the repository."""
    return [
        *sorted((ROOT / "requirements").glob("*.txt")),
        *(ROOT / folder / "package-lock.json" for folder in NODE_FOLDERS),
    ]


def accepted(written: object, today: date) -> Mapping[str, str]:
    """Return the reasons of the exceptions in force, by identifier; `written` is the file's content.

    Raises:
        UserError: an exception has no reason, no day, or a day in the past.
    """
    reasons = {}
    for identifier, exception in (written if isinstance(written, dict) else {}).items():
        until, why = (exception.get(name) if isinstance(exception, dict) else None for name in ("until", "why"))
        if not isinstance(until, date) or not isinstance(why, str) or not why.strip():
            raise UserError(f"{_ACCEPTED.name}: {identifier} needs `until`, a day such as 2027-01-31, and `why`.")
        if until < today:
            raise UserError(
                f"{_ACCEPTED.name}: {identifier} was accepted until {until}; look again, then move or remove it."
            )
        reasons[identifier] = f"until {until}: {why.strip()}"
    return reasons


def read_pip_audit(said: str) -> Answer:
    """Read pip-audit's JSON. pip-audit itself counts a library as harmless if the database lacks it."""
    listed: list[dict[str, Any]] = json.loads(said)["dependencies"]
    skipped = [one["name"] for one in listed if "skip_reason" in one]
    found = [
        Vulnerability(
            (vulnerability["id"], *vulnerability["aliases"]),
            f"{one['name']} {one['version']}",
            f"fixed in {', '.join(vulnerability['fix_versions']) or 'no version yet'}",
        )
        for one in listed
        for vulnerability in one.get("vulns", [])
    ]
    reason = f"the database knows {len(listed) - len(skipped)} of {len(listed)} libraries" if skipped else None
    return Answer(tuple(sorted(found)), reason)


def read_npm_audit(said: str) -> Answer:
    """Read the JSON of `npm audit` (auditReportVersion 2)."""
    report: dict[str, Any] = json.loads(said)
    if "vulnerabilities" not in report:
        return Answer((), str(report.get("message") or report.get("error", {}).get("summary") or "no report"))
    return Answer(tuple(sorted(set(_advisories(report["vulnerabilities"])))))


def _advisories(packages: Mapping[str, Any]) -> Iterator[Vulnerability]:
    for name, package in packages.items():
        fix = "`npm audit fix` in its folder" if package["fixAvailable"] else "no version fixes it yet"
        for via in package["via"]:
            if isinstance(via, dict):  # otherwise the name of another library that has the advisory
                yield Vulnerability((via["url"].rpartition("/")[2],), f"{name} {via['range']}", fix)


def _ask_pypi(lock: Path) -> Answer:
    if not any(line[:1].isalpha() for line in lock.read_text(encoding="utf-8").splitlines()):
        return Answer(())
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off"]
    answer = subprocess.run(
        command, env=for_installers(sys.executable), capture_output=True, text=True, check=False, cwd=ROOT
    )
    return _read(read_pip_audit, answer)


def _ask_npm(lock: Path) -> Answer:
    command = [str(require(NPM)), "audit", "--json", "--package-lock-only"]
    answer = subprocess.run(command, env=for_npm(), capture_output=True, text=True, check=False, cwd=lock.parent)
    return _read(read_npm_audit, answer)


def _read(read: Callable[[str], Answer], answer: subprocess.CompletedProcess[str]) -> Answer:
    try:
        return read(answer.stdout)
    except (ValueError, KeyError, TypeError):
        lines = answer.stderr.strip().splitlines() or ["no answer"]
        return Answer((), lines[-1][:200])


if __name__ == "__main__":
    run(main)
