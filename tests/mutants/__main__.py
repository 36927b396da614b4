"""`make mutants`: change the authorizer one statement at a time, and name every change that no test notices.

tests/mutants/survivors.yaml lists, with reasons, the survivors that change no decision. An unlisted survivor fails the
run, and so does a listed mutant that no longer survives.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import yaml

from scripts import command_line
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.tools import ROOT
from tests.mutants import killers
from tests.mutants.mutations import Mutation, mutations

MODULES = tuple(killers.KILLERS)
_SOURCES = ROOT / "functions" / "authorizer"
_LIST = Path(__file__).with_name("survivors.yaml")
_REPORT_SECONDS = 15


def main() -> None:
    """Mutate the named modules, or all of them."""
    parser = command_line.parser("mutants", __doc__)
    parser.add_argument("modules", nargs="*", help=f"MODULES=...: some of {', '.join(MODULES)}; default: all")
    chosen = parser.parse_args().modules or MODULES
    if unknown := sorted(set(chosen) - set(MODULES)):
        raise UserError(f"{', '.join(unknown)} is not mutated; choose from {', '.join(MODULES)}.")
    listed = _read_list()
    begun = time.monotonic()
    with killers.load():
        step("Testing the authorizer as it is")
        for module in chosen:
            if not killers.survives(module, _source(module), str(killers.LOG)):
                raise OperationError(
                    f"tests of {module} fail without any mutation: see {killers.LOG.relative_to(ROOT)}"
                )
        with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
            survivors = [mutation for module in chosen for mutation in _survivors(module, pool, listed)]
    step(f"Done in {(time.monotonic() - begun) / 60:.0f} minutes")
    _report(survivors, {name: why for name, why in listed.items() if name.partition(":")[0] in chosen})


def _survivors(module: str, pool: Executor, listed: Mapping[str, str]) -> Sequence[Mutation]:
    todo = list(mutations(module, _source(module)))
    step(f"{module}: {len(todo)} mutants")
    found, told = [], time.monotonic()
    answers = pool.map(partial(killers.survives, module), [mutation.source for mutation in todo])
    for number, (mutation, survives) in enumerate(zip(todo, answers, strict=True), 1):
        if survives:
            found.append(mutation)
            if mutation.name not in listed:
                detail(f"SURVIVES line {mutation.line} of {mutation.name}")
        if time.monotonic() - told > _REPORT_SECONDS:
            told = time.monotonic()
            detail(f"{number} of {len(todo)}, {len(found)} survive")
    return found


def _source(module: str) -> str:
    return (_SOURCES / f"{module}.py").read_text(encoding="utf-8")


def _report(survivors: Sequence[Mutation], listed: Mapping[str, str]) -> None:
    unlisted = [mutation for mutation in survivors if mutation.name not in listed]
    gone = sorted(set(listed) - {mutation.name for mutation in survivors})
    step(f"{len(survivors)} survive, {len(survivors) - len(unlisted)} of them listed as changing no decision")
    for name in gone:
        detail(f"LISTED, but killed or not made any more: {name}")
    if unlisted or gone:
        raise OperationError(
            f"{len(unlisted)} survivors, named above, are not listed, and {len(gone)} listed ones do not survive; "
            f"write a test, or correct {_LIST.relative_to(ROOT)}"
        )


def _read_list() -> dict[str, str]:
    """Return the listed survivors by name, each with its reason. The file groups them by reason."""
    groups = yaml.safe_load(_LIST.read_text(encoding="utf-8")) or {}
    return {name: why for why, names in groups.items() for name in names}


if __name__ == "__main__":
    run(main)
