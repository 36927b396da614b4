"""`make test-cloud-root`: apply the unmodified terraform/cloud to the local AWS and an empty local tenant, and use it.

Needs the auth0/auth0 provider, which is in Terraform's registry only: PROVIDER_MIRROR names a filesystem mirror that
holds it and the AWS provider. Without one this says so in one line and ends well. It takes about two minutes.
"""

import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scripts import provider_mirror, tools
from scripts.build.whole import build, machine_architecture
from scripts.cloud_root_check import visitor
from scripts.cloud_root_check.tenant import Tenant
from scripts.cloud_root_check.workplace import Workplace
from scripts.console import detail, step
from scripts.errors import CommandError, OperationError, run
from scripts.rules import load_project
from scripts.terraform_root import TerraformRoot

AUTH0_PROVIDER = "auth0/auth0"


def main() -> None:
    """Check in a folder of its own, which stays when something fails."""
    mirror = os.environ.get("PROVIDER_MIRROR")
    if not mirror or not provider_mirror.holds(Path(mirror), AUTH0_PROVIDER):
        print(f"cloud root not checked: it needs PROVIDER_MIRROR, a filesystem mirror that holds {AUTH0_PROVIDER}")
        return
    tools.require(tools.TERRAFORM)
    begun = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="gatehouse-cloud-root-"))
    try:
        check(directory)
    except CommandError as error:
        raise type(error)(
            f"{error}\nThe whole check is left in {directory}, its logs in {directory}/local/logs"
        ) from error
    except BaseException:
        print(f"The check is left in {directory}, its logs in {directory}/local/logs", flush=True)
        raise
    shutil.rmtree(directory)
    step(f"The cloud root works: checked in {time.monotonic() - begun:.0f} s")


def check(directory: Path) -> None:
    """Apply, look, sign in, call, destroy.

    Raises:
        OperationError: something is not as it should be; everything started is stopped before.
    """
    step("Building the zips and the site")
    build(machine_architecture())
    workplace = Workplace(directory)
    step("Testing the module auth0 on plans")
    workplace.module_auth0().test()
    with ExitStack() as running:
        step("Starting the local AWS and an empty local tenant")
        workplace.start(running)
        tenant = running.enter_context(Tenant(workplace.domain, workplace.certificate, workplace.credentials))
        before = tenant.inventory()
        # A new tenant owns this connection; creating it again would answer 409.
        existing = {"google-oauth2": tenant.create_connection("google-oauth2")}
        root = workplace.cloud_root(existing)
        _apply(root, workplace)
        use(root.outputs(), workplace, tenant)
        step("Destroying it (CloudFront lets the provider wait)")
        root.destroy(detail, **workplace.values())
        if left := tenant.inventory() - before:
            raise OperationError(f"the tenant still has {', '.join(sorted(left))} after the destroy")
        detail("nothing is left in the tenant")


def _apply(root: TerraformRoot, workplace: Workplace) -> None:
    step("Planning and applying terraform/cloud")
    plan_file = workplace.directory / "cloud.tfplan"
    root.validate()
    root.test()
    root.plan(plan_file, **workplace.values())
    root.apply(plan_file, detail)
    detail(re.findall(r"^Apply complete! (.*)$", root.log.read_text(encoding="utf-8"), re.MULTILINE)[-1])
    step("Planning again: nothing may be left to change")
    if root.plan(plan_file, **workplace.values()):
        raise OperationError(f"a second plan still changes something:\n{root.show(plan_file)}")
    detail("no changes")


def use(outputs: dict[str, Any], workplace: Workplace, tenant: Tenant) -> None:
    """Look at what the tenant has now, then sign in through each connection and call each API.

    Raises:
        OperationError: the tenant or an answer is not what access.yaml and the OpenAPI documents say.
    """
    project = load_project(tools.ROOT)
    step("Comparing the tenant with access.yaml")
    action_code = (tools.ROOT / "auth0" / "actions" / "grant_scopes.js").read_text(encoding="utf-8")
    problems = tenant.problems(project.access, action_code, outputs["client_id"], outputs["site_url"])
    if problems:
        raise OperationError("; ".join(problems))
    detail("API, scopes, application, connections and Action are as declared")
    for connection, granted in project.access["connections"].items():
        step(f"Signing in with {granted['display_name']} and calling the APIs through CloudFront")
        browser = visitor.Visitor(
            workplace.visitor_settings(outputs["client_id"], outputs["site_url"], project.access["audience"])
        )
        token = browser.sign_in(connection, scopes=list(project.access["scopes"]))
        for path, expected in visitor.expectations(project.rules, granted["scopes"]).items():
            status = browser.call(path, token)
            if status != expected:
                raise OperationError(f"GET /api{path} answers {status} to someone from {connection}, not {expected}")
            detail(f"GET /api{path}: {status}")


if __name__ == "__main__":
    run(main)
