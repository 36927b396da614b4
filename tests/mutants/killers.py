"""The tests that a mutant has to survive, the fastest first, each in its own forked process."""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import boto3  # noqa: F401 - slow to import, so import it once and not in each process
import hypothesis
import pytest
from hypothesis import HealthCheck

from scripts.hostile_tokens.case import Case
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE
from scripts.tools import ROOT
from tests.unit.functions.authorizer.hostile import NOW, Handler, check, configured, event_of, make_scenario

UNIT = ROOT / "tests" / "unit" / "functions" / "authorizer"
# After the table, which kills most mutants in a tenth of a second: the tests of a module, the fastest first.
KILLERS = {
    "jws": ("jws", "limits", "tokens", "properties_tokens"),
    "claims": ("tokens", "handler", "properties_tokens"),
    "tokens": ("tokens", "handler", "configuration", "properties_tokens"),
    "jwks": ("jwks", "limits", "keys"),
    "ages": ("keys", "limits", "configuration"),
    "keys": ("keys", "limits", "configuration"),
    "access": ("access", "handler", "properties_policy"),
    "policy": ("policy", "handler", "properties_policy"),
    "routing": ("policy", "properties_policy"),
    "verdicts": ("verdicts", "handler", "properties_policy"),
    "revocations": ("revocations", "handler"),
}
LOG = ROOT / "build" / "mutants.txt"  # the output of the tests of an unchanged module
_SECONDS = 120  # a mutant that takes longer is stopped and counts as killed


class Shots(NamedTuple):
    """The rows of the table with their events, made once for all mutants."""

    scenario: Scenario
    events: tuple[tuple[Case, object], ...]


_shots: Shots


@contextlib.contextmanager
def load() -> Iterator[None]:
    """Make the events; keep the tests' data out of the working tree. Forked processes have both."""
    global _shots
    with make_scenario() as scenario, tempfile.TemporaryDirectory() as scratch:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scratch
        sys.path.insert(0, str(ROOT / "functions"))
        LOG.parent.mkdir(exist_ok=True)
        # These run after the table, so fewer examples suffice; and a busy machine must not kill a mutant.
        hypothesis.settings.register_profile(
            "mutants", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
        )
        hypothesis.settings.load_profile("mutants")
        _shots = Shots(scenario, tuple((case, event_of(case, scenario)) for case in TABLE))
        yield


def survives(module: str, source: str, output: str = os.devnull) -> bool:
    """Return whether no test notices a changed source of one of the authorizer's modules.

    `output` is the path of the file for what the tests print.
    """
    child = os.fork()
    if child == 0:
        with Path(output).open("w", encoding="utf-8") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        signal.alarm(_SECONDS)
        survived = False
        try:
            survived = _survives_here(module, source)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(0 if survived else 1)
    _, status = os.waitpid(child, 0)
    return status == 0


def _survives_here(module: str, source: str) -> bool:
    for name in [name for name in sys.modules if name.partition(".")[0] == "authorizer"]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Mutant(f"authorizer.{module}", source))
    try:
        _fire(_shots)
    except BaseException:  # of any kind: a test has noticed the change
        traceback.print_exc()
        return False
    return all(_passes(UNIT / f"test_{name}.py") for name in KILLERS[module])


def _fire(shots: Shots) -> None:
    from authorizer.configuration import build_handler  # the mutated module

    handlers: dict[str, Handler] = {}
    for case, event in shots.events:
        if case.setup.name not in handlers:
            settings, access_model = configured(shots.scenario, case.setup)
            handlers[case.setup.name] = build_handler(
                settings, json.dumps(access_model), clock=lambda: NOW, monotonic=lambda: 0.0, log=lambda _: None
            )
        check(case, event, handlers[case.setup.name], shots.scenario)


def _passes(tests: Path) -> bool:
    # hypothesis is already imported, for its profile; pytest would warn that it can no longer rewrite its asserts.
    options = ["-x", "-q", "-p", "no:xdist", "-p", "no:playwright", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return pytest.main([*options, str(tests)]) == pytest.ExitCode.OK


class _Mutant(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module a changed source."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def get_source(self, fullname: str) -> str:
        return self._source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, f"<mutant of {fullname}>", "exec")
