"""`make test-cloud-root`: apply the unmodified terraform/cloud to the local AWS and an empty local tenant, and use it.

Needs the auth0/auth0 provider, which is in Terraform's registry only: PROVIDER_MIRROR names a filesystem mirror that
holds it and the AWS provider. Without one this says so in one line and ends well. It takes five minutes.
"""

import os
import re
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts import provider_mirror, tools
from scripts.build.data_files import load_project
from scripts.build.everything import build, machine_architecture
from scripts.check.cloud_root import account, browser
from scripts.check.cloud_root.changes import CHANGES, MACHINE_CLIENT
from scripts.check.cloud_root.tenant import Tenant
from scripts.check.cloud_root.visitor import Visitor, expectations, lifetime
from scripts.check.cloud_root.workplace import PRODUCTION, Workplace
from scripts.console import detail, step
from scripts.errors import CommandError, OperationError, run
from scripts.terraform_root import TerraformRoot

AUTH0_PROVIDER = "auth0/auth0"


def main() -> None:
    """Check in a folder of its own, which stays when something fails."""
    mirror = os.environ.get("PROVIDER_MIRROR")
    if not mirror or not provider_mirror.holds(Path(mirror), AUTH0_PROVIDER):
        print(f"cloud root not checked: it needs PROVIDER_MIRROR, a filesystem mirror that holds {AUTH0_PROVIDER}")
        return
    tools.require(tools.TERRAFORM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled CI job must not leave services behind
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
    finally:
        _end_children()
    shutil.rmtree(directory)
    step(f"The cloud root works: checked in {time.monotonic() - begun:.0f} s")


def _end_children() -> None:
    """Kill the Terraform of an interrupted step: politely asked, it would go on calling services that are gone."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()


def check(directory: Path) -> None:
    """Plan, apply, look, sign in, call, change, switch to the opt-ins, destroy.

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
        root = workplace.cloud_root(tenant.create_application_for_terraform())
        before = tenant.inventory(), account.inventory(workplace.session(), workplace.settings.aws_url)
        step("Making, changing and destroying each resource of the provider that the tenant plays")
        _check_every_resource(workplace.every_resource(), workplace)
        step("Testing the cloud root on plans, and planning production")
        root.validate()
        root.test()
        root.plan(directory / "prod.tfplan", **workplace.values(PRODUCTION, connection_credentials=_some_keys()))
        _check_default_root(root, workplace, tenant)
        _check_changes(root, workplace, tenant)
        _check_opt_ins(root, workplace)
        step("Destroying it (the provider waits for CloudFront)")
        root.destroy(**workplace.values())
        after = tenant.inventory(), account.inventory(workplace.session(), workplace.settings.aws_url)
        for place, was, remains in zip(("tenant", "account"), before, after, strict=True):
            if left := remains - was:
                raise OperationError(f"the {place} still has {', '.join(sorted(left))} after the destroy")
        detail("nothing is left in the tenant and in the account")


def _check_every_resource(root: TerraformRoot, workplace: Workplace) -> None:
    """Make all, change all, destroy all; raise OperationError when a plan after it is not empty."""
    values: dict[str, object] = {"public_key": _public_key()}
    for values["revision"] in (1, 2):
        _apply(root, workplace, {"var": values})
        _require_no_changes(root, workplace, {"var": values})
    root.destroy(var=values)


def _public_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _check_default_root(root: TerraformRoot, workplace: Workplace, tenant: Tenant) -> None:
    step("Applying terraform/cloud, which takes over a connection that the tenant has")
    # A new tenant owns this connection; creating it again would answer 409.
    existing = {"google-oauth2": tenant.create_connection("google-oauth2")}
    _apply(root, workplace, workplace.values(existing_connection_ids=existing))
    _require_settled(root, workplace, workplace.values(), tenant)
    _visit(root.outputs(), workplace, "code")
    step("Signing in with a browser at what Terraform made")
    detail(browser.sign_in(workplace))


def _check_changes(root: TerraformRoot, workplace: Workplace, tenant: Tenant) -> None:
    """Make a change of each kind, one by one; raise OperationError when one does not arrive, or does not stay."""
    for change in CHANGES:
        step(f"Changing the tenant: {change.title}")
        change.make(workplace.directory)
        workplace.rebuild()
        _apply(root, workplace, workplace.values())
        _require_settled(root, workplace, workplace.values(), tenant)
    _visit(root.outputs(), workplace, "code")
    _require_refusal(root.outputs(), workplace)
    _call_as_machine(root.outputs(), workplace, tenant)
    workplace.restore_project()


def _check_opt_ins(root: TerraformRoot, workplace: Workplace) -> None:
    step("Taking the changes back, and switching to HS256 and the implicit grant")
    secret = secrets.token_hex(32)
    values = workplace.values(api_signing_algorithm="HS256", signing_secret=secret, login_flow="implicit")
    _apply(root, workplace, values)
    _require_no_changes(root, workplace, values)
    _visit(root.outputs(), workplace, "token")


def _some_keys() -> dict[str, dict[str, str]]:
    keys = {"client_id": "an application of ours", "client_secret": secrets.token_hex(16)}
    return dict.fromkeys(load_project(tools.ROOT).access["connections"], keys)


def _apply(root: TerraformRoot, workplace: Workplace, values: Mapping[str, object]) -> None:
    plan_file = workplace.directory / "cloud.tfplan"
    root.plan(plan_file, **values)
    root.apply(plan_file)
    detail(re.findall(r"^Apply complete! (.*)$", root.log.read_text(encoding="utf-8"), re.MULTILINE)[-1])


def _require_settled(root: TerraformRoot, workplace: Workplace, values: Mapping[str, object], tenant: Tenant) -> None:
    """Raise OperationError when a second plan changes something, or the tenant is not as the copied files say."""
    _require_no_changes(root, workplace, values)
    outputs = root.outputs()
    if problems := tenant.problems(workplace.declaration(), outputs["client_id"], outputs["site_url"]):
        raise OperationError("; ".join(problems))
    detail("API, scopes, lifetimes, application, connections and Action are as declared")


def _require_no_changes(root: TerraformRoot, workplace: Workplace, values: Mapping[str, object]) -> None:
    plan_file = workplace.directory / "second.tfplan"
    if root.plan(plan_file, **values):
        raise OperationError(f"a second plan still changes something:\n{root.show(plan_file)}")
    detail("a second plan changes nothing")


def _visit(outputs: Mapping[str, Any], workplace: Workplace, response_type: str) -> None:
    """Sign in through each connection, call each API; OperationError when one contradicts the access model."""
    declared, access_model = workplace.declaration(), load_project(tools.ROOT).access_model
    access = declared.access
    settings = workplace.visitor_settings(outputs["client_id"], outputs["site_url"], access["audience"])
    for connection, granted in access["connections"].items():
        step(f"Signing in with {granted['display_name']} and calling the APIs through CloudFront")
        visitor = Visitor(settings)
        token = visitor.sign_in(connection, list(access["scopes"]), response_type)
        if lifetime(token) != declared.token_lifetime_seconds:
            raise OperationError(f"a token lives {lifetime(token)} seconds, not {declared.token_lifetime_seconds}")
        _call_apis(visitor, token, granted, access_model)


def _call_as_machine(outputs: Mapping[str, Any], workplace: Workplace, tenant: Tenant) -> None:
    """Call each API as the machine client that a change has added; raise OperationError as _visit does."""
    step("Calling the APIs through CloudFront as a machine client, with a token by its secret")
    access = workplace.declaration().access
    visitor = Visitor(workplace.visitor_settings(outputs["client_id"], outputs["site_url"], access["audience"]))
    token = tenant.machine_token(outputs["machine_client_ids"][MACHINE_CLIENT], access["audience"])
    _call_apis(visitor, token, access["machine_clients"][MACHINE_CLIENT], load_project(tools.ROOT).access_model)


def _call_apis(visitor: Visitor, token: str, granted: Mapping[str, Any], access_model: Mapping[str, Any]) -> None:
    for path, expected in expectations(access_model, granted["scopes"]).items():
        status = visitor.call(path, token)
        if status != expected:
            raise OperationError(f"GET /api{path} answers {status} to {granted['display_name']}, not {expected}")
        detail(f"GET /api{path}: {status}")


def _require_refusal(outputs: Mapping[str, Any], workplace: Workplace) -> None:
    """Raise OperationError when somebody can sign in through a connection that a change has removed."""
    left, before = workplace.declaration().access, load_project(tools.ROOT).access
    settings = workplace.visitor_settings(outputs["client_id"], outputs["site_url"], left["audience"])
    for connection in before["connections"].keys() - left["connections"].keys():
        try:
            Visitor(settings).sign_in(connection, list(left["scopes"]))
        except OperationError:
            detail(f"nobody signs in through {connection} any more")
        else:
            raise OperationError(f"{connection} was removed, and still signs people in")


if __name__ == "__main__":
    run(main)
