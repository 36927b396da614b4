"""One Terraform root driven from Python: init, plan to a file, apply that file, destroy, outputs.

python-terraform composes the command lines. Terraform's output goes to a log, or to the terminal for the user to read.
A failure becomes one sentence with Terraform's error and the path of the log.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import python_terraform

from scripts import terraform_errors
from scripts.child_environment import for_terraform
from scripts.console import detail
from scripts.errors import OperationError
from scripts.tools import ROOT, TERRAFORM, require

# It warns of every exit code but 0, even of 2, "a plan with changes"; `_run` tells them apart.
logging.getLogger("python_terraform").propagate = False

_HAS_CHANGES = 2  # `plan -detailed-exitcode`: 0 no changes, 1 error, 2 changes
_DONE = re.compile(r"^\S+: (?:Creation|Modifications|Destruction) complete", re.MULTILINE)
_PLANNED = re.compile(r"^Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy", re.MULTILINE)
_REFRESHED = re.compile(r"^.*: (?:Still r|R)(?:eading|efreshing|ead complete).*\n", re.MULTILINE)
_PLAN_ENDS = re.compile(r"^(?:Warning: |\u2500+\n\nSaved the plan to: )", re.MULTILINE)
_NO_STATE = "No state file was found!"
_PROGRESS_SECONDS = 2
_LAST_WORDS_SECONDS = 60


class ApplyError(OperationError):
    """An apply failed, so Terraform's state may differ from the real objects; `done` of them were finished.

    `is_stale` says that Terraform refused the plan and did nothing, because the state has changed since.
    """

    def __init__(self, text: str, done: int, *, is_stale: bool) -> None:
        super().__init__(text)
        self.done = done
        self.is_stale = is_stale


@dataclass(frozen=True)
class Plan:
    """A plan that was saved: whether it changes anything, and Terraform's own text of it without progress or warnings.

    `warnings` returns the warnings; `terraform show` would take seconds for the same text.
    """

    has_changes: bool
    text: str


@dataclass(frozen=True)
class TerraformRoot:
    """A root module, the folder of Terraform's data, its log, and the environment of the Terraform process."""

    directory: Path
    data_directory: Path
    log: Path
    environment: Mapping[str, str]

    def init(self, backend_config: Mapping[str, str] | Path, *, lock_file: str = "readonly") -> None:
        """Initialise the root, unless nothing that `init` reads has changed since it last succeeded.

        `backend_config` is a mapping of settings or a file of them; `lock_file` is Terraform's `-lockfile` mode.
        """
        self._remove_workspaces()
        stamp = self.data_directory / "gatehouse-init"
        wanted = self._init_digest(str(backend_config))
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        config = str(backend_config) if isinstance(backend_config, Path) else dict(backend_config)
        self._run("init", backend_config=config, reconfigure=python_terraform.IsFlagged, lockfile=lock_file)
        stamp.write_text(wanted, encoding="utf-8")

    def validate(self) -> None:
        """Validate the root without reading a state."""
        self._run("validate", input=None)

    def test(self) -> None:
        """Run the module's own `tests/*.tftest.hcl`."""
        self._run("test", input=None)

    def plan(self, plan_file: Path, **options: object) -> Plan:
        """Write a plan to the file, which only its owner may read.

        A plan holds every variable in clear, even secrets. Terraform keeps the mode of an existing file.
        """
        plan_file.parent.mkdir(parents=True, exist_ok=True)
        plan_file.unlink(missing_ok=True)
        plan_file.touch(mode=0o600)
        try:
            code, said = self._run("plan", detailed_exitcode=python_terraform.IsFlagged, out=str(plan_file), **options)
        except BaseException:
            plan_file.unlink(missing_ok=True)  # the file is empty, or an unfinished plan
            raise
        return Plan(code == _HAS_CHANGES, _PLAN_ENDS.split(_REFRESHED.sub("", said), maxsplit=1)[0].strip() + "\n")

    def plan_destroy(self, plan_file: Path, **options: object) -> None:
        """Write a plan that destroys all objects in the state to the file."""
        self.plan(plan_file, destroy=python_terraform.IsFlagged, **options)

    def read_plan(self, plan_file: Path) -> dict[str, Any]:
        """Return the saved plan as JSON (https://developer.hashicorp.com/terraform/internals/json-format)."""
        document: dict[str, Any] = json.loads(self._show(plan_file, json=python_terraform.IsFlagged))
        return document

    def apply(self, plan_file: Path, progress: Callable[[str], None] | None = None, **options: object) -> None:
        """Apply the saved plan; call `progress` with the number of finished resources, at most every two seconds."""
        was_cut_short = self.was_cut_short
        self._applying.touch()
        try:
            with self._watched(progress):
                self._run("apply", str(plan_file), **options)
        except ApplyError as error:
            if error.is_stale and not was_cut_short:
                self._applying.unlink()
            raise
        self._applying.unlink()

    @property
    def was_cut_short(self) -> bool:
        """Whether the last apply did not finish, so the state may differ from the real objects."""
        return self._applying.exists()

    def destroy(self, progress: Callable[[str], None] | None = None, **options: object) -> None:
        """Destroy all that the root declares."""
        with self._watched(progress):
            self._run("destroy", auto_approve=python_terraform.IsFlagged, **options)

    def forget(self, *addresses: str, **options: object) -> None:
        """Remove objects from the state; the real objects do not change."""
        self._run("state rm", *addresses, **{"input": None, **options})

    def unlock(self, identifier: str) -> None:
        """Release the lock of the state that has this identifier."""
        self._run("force-unlock", identifier, force=python_terraform.IsFlagged, input=None)

    def addresses(self) -> list[str]:
        """Return the addresses of all objects in the state; empty if there is no state yet."""
        return self._state("list").splitlines()

    def objects(self) -> dict[str, Any]:
        """Return the state as JSON (https://developer.hashicorp.com/terraform/internals/json-format)."""
        document: dict[str, Any] = json.loads(self._show(json=python_terraform.IsFlagged))
        return document

    def pull_state(self) -> str:
        """Return the raw state, secrets included."""
        return self._state("pull")

    def restore_state(self, state: str, **options: object) -> None:
        """Write back the state that `pull_state` returned before the last `forget`.

        Raises:
            OperationError: somebody has written a newer state since. It stays.
        """
        before = json.loads(state)
        kept = self.data_directory / "restored.tfstate"
        kept.touch(mode=0o600)
        # `forget` has written one serial; Terraform refuses a state that is not newer than the present one.
        kept.write_text(json.dumps({**before, "serial": before["serial"] + 2}), encoding="utf-8")
        try:
            self._run("state push", str(kept), **{"input": None, **options})
        finally:
            kept.unlink()

    def outputs(self) -> dict[str, Any]:
        """Return the root's outputs by name."""
        with _process_environment(self._environment()):
            values = self._terraform().output()
        if values is None:
            raise OperationError(f"Terraform could not read the outputs of {self.directory.name}; see {self.log}")
        return {name: output["value"] for name, output in values.items()}

    @property
    def _applying(self) -> Path:
        return self.data_directory / "gatehouse-applying"

    def _remove_workspaces(self) -> None:
        """Remove a folder that an earlier version made if TF_WORKSPACE was set; Terraform would ask what to do with it.

        A root has such a folder only by mistake: the local root keeps its state in its own folder, the cloud root in a
        bucket.
        """
        left = self.directory / "terraform.tfstate.d"
        if left.is_dir():
            detail(f"removing {left.name} of {self.directory.name}: it comes from TF_WORKSPACE, and nothing uses it")
            shutil.rmtree(left)

    def _show(self, *plan_file: Path, **options: object) -> str:
        with _process_environment(self._environment()):
            code, said, errors = self._terraform().cmd("show", *map(str, plan_file), **options)
        if code:
            why = terraform_errors.sentences(errors) or f"exit code {code}"
            shown = plan_file[0].name if plan_file else f"the state of {self.directory.name}"
            raise OperationError(f"Terraform cannot show {shown}: {why}")
        return str(said)

    def _state(self, command: str) -> str:
        with _process_environment(self._environment()):
            code, said, errors = self._terraform().cmd(f"state {command}")
        if code and _NO_STATE in errors:
            return ""  # an apply that was cut short early has not written a state
        if code:
            why = terraform_errors.sentences(errors) or errors.strip()
            raise OperationError(f"Terraform cannot {command} the state of {self.directory.name}: {why}")
        return str(said)

    def _terraform(self) -> python_terraform.Terraform:
        return python_terraform.Terraform(
            working_dir=str(self.directory), terraform_bin_path=str(require(TERRAFORM)), state=None
        )

    def _environment(self) -> dict[str, str]:
        return {
            **self.environment,
            "TF_DATA_DIR": str(self.data_directory),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
        }

    def _init_digest(self, backend: str) -> str:
        total = hashlib.sha256(f"{self.directory}\0{backend}".encode())
        config = self.environment.get("TF_CLI_CONFIG_FILE")
        sources = [*self.directory.parent.rglob("*.tf"), self.directory / ".terraform.lock.hcl"]
        for source in sorted([*sources, *([Path(config)] if config else [])]):
            if source.exists():
                total.update(str(source).encode() + b"\0" + source.read_bytes())
        return total.hexdigest()

    def _run(self, command: str, *arguments: str, **options: object) -> tuple[int, str]:
        """Run a command; return its exit code and its output, which is in the log too."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.data_directory.mkdir(parents=True, exist_ok=True)
        with self.log.open("a+", encoding="utf-8") as log:
            start = log.seek(0, os.SEEK_END)
            with (
                _process_environment(self._environment()),
                contextlib.redirect_stdout(log),
                contextlib.redirect_stderr(log),
            ):
                try:
                    code, _, _ = self._terraform().cmd(
                        command,
                        *arguments,
                        capture_output=False,
                        no_color=python_terraform.IsFlagged,
                        **{"input": False, **options},
                    )
                except KeyboardInterrupt:
                    _let_terraform_finish()
                    raise
            log.seek(start)
            said = log.read()
        if code == 0 or (command == "plan" and code == _HAS_CHANGES):
            return int(code), said
        errors = terraform_errors.sentences(said) or f"exit code {code}"
        failure = f"terraform {command} of {self.directory.name}: {errors} (see {self.log})"
        if command == "apply":
            raise ApplyError(failure, len(_DONE.findall(said)), is_stale=terraform_errors.STALE in said)
        raise OperationError(failure)

    def _logged(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    @contextlib.contextmanager
    def _watched(self, progress: Callable[[str], None] | None) -> Iterator[None]:
        """Count the finished resources in the log while the block runs."""
        if progress is None:
            yield
            return
        before = self._logged()
        total = sum(map(int, (_PLANNED.findall(before) or [(0, 0, 0)])[-1]))
        ended = threading.Event()

        def watch() -> None:
            told = None
            while not ended.wait(_PROGRESS_SECONDS):
                done = len(_DONE.findall(self._logged()[len(before) :]))
                if done != told:
                    progress(f"{done} of {total} resources done" if total else f"{done} resources done")
                told = done

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def _let_terraform_finish() -> None:
    """Wait for Terraform, which got the same Ctrl-C: it finishes its running operations and writes its state."""
    # Find it by name, because the services that `make up` started are children of this process too.
    running = [child for child in psutil.Process().children() if child.name() == TERRAFORM.command]
    detail("interrupted: waiting for Terraform to write its state (Ctrl-C again to give up on it)")
    psutil.wait_procs(running, timeout=_LAST_WORDS_SECONDS)


def module_environment(directory: Path, config: Path) -> dict[str, str]:
    """Return the environment for the tests of a root or module, without a backend; `config`: Terraform's CLI file."""
    return {
        **for_terraform(),
        "TF_DATA_DIR": str(ROOT / "build" / "terraform" / "test" / directory.name),
        "TF_CLI_CONFIG_FILE": str(config),
        "CHECKPOINT_DISABLE": "1",
        "AWS_REGION": "us-east-1",
    }


def warnings(plan: Mapping[str, Any]) -> list[str]:
    """Return the failures of a plan's check blocks, one sentence each. They do not stop an apply.

    `plan` is the result of `read_plan`.
    """
    instances = [one for check in plan.get("checks", []) for one in check.get("instances", [])]
    return [problem["message"] for instance in instances for problem in instance.get("problems", [])]


@contextlib.contextmanager
def _process_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Replace this process's environment within the block, because python-terraform passes on `os.environ` only."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
