"""Kills a first apply at several moments, and recovers after each.

Meanwhile nothing that others own may change. If an object of others has one of our names, the recovery must stop.
"""

import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from scripts.check.cloud_root.living_tenant import OUR_ACTION
from scripts.check.cloud_root.sandbox import TRIAL, Sandbox
from scripts.check.cloud_root.tenant import Tenant
from scripts.console import detail
from scripts.errors import OperationError, UserError
from scripts.project_name import PROJECT
from scripts.recovery.account import Account
from scripts.recovery.recovery import OVERWRITTEN, Recoverer, pending, resource_type
from scripts.state_lock import read_lock
from scripts.terraform_root import ApplyError, TerraformRoot

MOMENTS = (12, 50, 25)
"""How many objects each apply creates before it is killed; each apply continues the previous one."""

_OTHERS_CODE = "exports.onExecutePostLogin = async () => {};"
_LOOK_SECONDS = 0.05


def check(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant, values: Mapping[str, object]) -> None:
    """Apply in pieces, each killed; raise OperationError if a recovery fails or leaves something."""
    recoverer = Recoverer(
        root,
        Account(sandbox.session(), sandbox.settings.aws_url),
        tenant.api,
        sandbox.directory / "recovery",
        **values,
    )
    for objects in MOMENTS:
        plan_file = sandbox.directory / "killed.tfplan"
        root.plan(plan_file, **values)
        planned = len(pending(root.read_plan(plan_file)))
        made = _apply_and_kill(root, plan_file, objects)
        _release(root, sandbox)
        detail(f"killed after {objects} of {planned} changes; the state knows {len(root.addresses())} objects")
        begun = time.monotonic()
        recovery = recoverer.find()
        recoverer.take(recovery)
        taken = f"{len(recovery.found)} objects and {len(recovery.rows)} rows in {time.monotonic() - begun:.0f} s"
        root.plan(plan_file, **values)
        left = pending(root.read_plan(plan_file))
        detail(f"the way back took {taken}; {len(left)} changes are left")
        lost = [
            address for address in made if left.get(address) == ["create"] and resource_type(address) not in OVERWRITTEN
        ]
        if lost:
            raise OperationError(f"the way back has lost {', '.join(lost)}")
    _check_others(root, recoverer, sandbox, tenant)


def _apply_and_kill(root: TerraformRoot, plan_file: Path, objects: int) -> list[str]:
    """Apply the plan, kill Terraform and its providers once `objects` are created, and return their addresses."""
    log_before = root.log.stat().st_size
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_SECONDS):
            said = root.log.read_bytes()[log_before:]
            if said.count(b": Creation complete") >= objects:
                _kill_terraform()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        root.apply(plan_file)
    except ApplyError:
        if not root.was_cut_short:
            raise
    else:
        raise OperationError(f"the apply ended before it had made {objects} objects")
    finally:
        ended.set()
        watcher.join()
    said = root.log.read_bytes()[log_before:].decode(errors="replace")
    return re.findall(r"^(\S.*): Creation complete", said, re.MULTILINE)


def _kill_terraform() -> None:
    for process in psutil.Process().children():
        if process.name() == "terraform":
            family = [process, *process.children(recursive=True)]
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.kill()


def _release(root: TerraformRoot, sandbox: Sandbox) -> None:
    client = sandbox.session().client("s3", endpoint_url=sandbox.settings.aws_url)
    backend = sandbox.backend()
    lock = read_lock(client, backend["bucket"], backend["key"])
    if lock is None:
        raise OperationError("the killed apply has left no lock of the state")
    root.unlock(lock.identifier)


def _check_others(root: TerraformRoot, recoverer: Recoverer, sandbox: Sandbox, tenant: Tenant) -> None:
    """Give a role and an Action to others; raise OperationError unless the recovery stops at each, then takes both."""
    roles = sandbox.session().client("iam", endpoint_url=sandbox.settings.aws_url)
    role = f"{PROJECT}-{TRIAL}-authorizer"
    action = next(row for row in tenant.api.rows("actions/actions", "actions") if row["name"] == OUR_ACTION)
    path = f"actions/actions/{action['id']}"
    root.forget("module.stack.module.authorizer.aws_iam_role.execution", "module.auth0.auth0_action.grant_scopes")
    roles.untag_role(RoleName=role, TagKeys=["project"])
    tenant.api.send("PATCH", path, body={"code": _OTHERS_CODE})
    try:
        recoverer.find()
    except UserError as error:
        if role not in str(error) or action["id"] not in str(error):
            raise
        for line in str(error).splitlines()[1:-1]:
            detail(f"not taken: {line.strip()}")
    else:
        raise OperationError(f"the way back takes {role} and {OUR_ACTION} of others")
    roles.tag_role(RoleName=role, Tags=[{"Key": "project", "Value": PROJECT}])
    tenant.api.send("PATCH", path, body={"code": action["code"]})
    recoverer.take(recoverer.find())
