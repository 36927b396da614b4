"""Terraform killed during a first apply, at random moments: the recovery always ends with an empty plan.

Each moment takes minutes, so `make test` omits them and `make faults` tries ten (KILLS). SEED repeats a run.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from scripts.recovery.recovery import Recoverer
from scripts.terraform_root import TerraformRoot
from scripts.tools import TERRAFORM, require
from tests.unit.local.aws.conftest import LocalAws
from tests.unit.scripts.recovery.aws_side import account, make_root

KILLS = int(os.environ.get("KILLS") or 0)
SEED = int(os.environ.get("SEED") or time.time())
PATIENCE_SECONDS = 600

pytestmark = [
    pytest.mark.process,
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
    pytest.mark.skipif(not KILLS, reason="`make faults` asks for it: KILLS=10"),
    pytest.mark.timeout(3_600),
]


def test_terraform_killed_at_any_moment_of_a_first_apply_is_finished_without_a_trace(
    aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    for number in range(1, KILLS + 1):
        folder = tmp_path / str(number)
        root = make_root(aws, f"t{uuid.uuid4().hex[:8]}", folder)
        root.plan(folder / "plan")
        planned = creations(root, folder / "plan")
        done = kill_while_applying(root, folder / "plan", after=chance.randrange(len(planned)))
        recoverer = Recoverer(root, account(aws), None, folder / "recovery")

        recovery = recoverer.find()
        if recovery.targets:
            recoverer.take(recovery)
        if root.plan(folder / "rest").has_changes:
            root.apply(folder / "rest")

        with capsys.disabled():  # to standard error, because pytest-xdist discards the processes' standard output
            sys.stderr.write(
                f"    SEED={SEED}, {number} of {KILLS}: killed after {done} of {len(planned)}, "
                f"{len(recovery.targets)} taken into the state\n"
            )
        assert planned <= set(root.addresses())
        assert not root.plan(folder / "last").has_changes


def creations(root: TerraformRoot, plan: Path) -> set[str]:
    """Return the addresses of the objects that a plan creates."""
    changes = root.read_plan(plan)["resource_changes"]
    return {change["address"] for change in changes if change["change"]["actions"] == ["create"]}


def kill_while_applying(root: TerraformRoot, plan: Path, *, after: int) -> int:
    """Kill Terraform and its providers with SIGKILL once so many objects exist; return how many do."""
    log = root.log.with_name("killed.log")
    environment = {**root.environment, "TF_DATA_DIR": str(root.data_directory), "CHECKPOINT_DISABLE": "1"}
    with log.open("w") as output:
        applying = subprocess.Popen(
            [str(require(TERRAFORM)), "apply", "-input=false", "-no-color", str(plan)],
            cwd=root.directory,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    end = time.monotonic() + PATIENCE_SECONDS
    while (done := log.read_text().count(": Creation complete")) < after or ": Creating..." not in log.read_text():
        assert applying.poll() is None, log.read_text()[-2_000:]
        assert time.monotonic() < end
        time.sleep(0.01)
    os.killpg(applying.pid, signal.SIGKILL)
    applying.wait(PATIENCE_SECONDS)
    return done
