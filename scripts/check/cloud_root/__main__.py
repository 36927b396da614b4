"""`make test-cloud-root`: apply the unmodified terraform/cloud to the local AWS and an empty local tenant, and use it.

It needs the auth0/auth0 provider: from the filesystem mirror that PROVIDER_MIRROR names, which must also hold the AWS
provider, or from Terraform's registry. If neither has it, the check says so in one line and succeeds. It takes half
an hour.
"""

import json
import os
import re
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

from scripts import outside, provider_mirror, safe_destroy, tenant_look, tools
from scripts.build.artifacts import build, machine_architecture
from scripts.build.data_files import load_project
from scripts.check.cloud_root import (
    account,
    browser,
    connection_secrets,
    hs256,
    jobs,
    killed_apply,
    secret_search,
    seed,
)
from scripts.check.cloud_root.changes import CHANGES, MACHINE_CLIENT
from scripts.check.cloud_root.living_tenant import SHOP_CONNECTIONS, LivingTenant, differences
from scripts.check.cloud_root.sandbox import PRODUCTION, TRIAL, Sandbox
from scripts.check.cloud_root.tenant import Tenant
from scripts.check.cloud_root.visitor import Visitor, expectations, lifetime
from scripts.console import detail, step
from scripts.errors import CommandError, OperationError, UserError, run
from scripts.provider_mirror import AUTH0_PROVIDER
from scripts.terraform_root import TerraformRoot

TAKEN_OVER = "google-oauth2"


def main() -> None:
    """Run the check in a folder of its own, which stays if the check fails."""
    source = provider_mirror.source(AUTH0_PROVIDER, os.environ)
    if source is None:
        print(f"cloud root not checked: {provider_mirror.NOT_TO_BE_HAD}")
        return
    step(f"Checking the cloud root with {AUTH0_PROVIDER} from {source}")
    tools.require(tools.TERRAFORM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a cancelled CI job leaves no service running
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
    """Kill the Terraform of an interrupted step: after SIGTERM it would keep calling the stopped services."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()


def check(directory: Path) -> None:
    """Plan, apply, verify, sign in, call, change, enable the opt-ins, destroy, in a tenant that also serves others.

    Raises:
        OperationError: a step had a wrong result; all services have been stopped.
    """
    step("Building the zips and the site")
    build(machine_architecture())
    sandbox = Sandbox(directory)
    with ExitStack() as running:
        step("Starting the local AWS and an empty local tenant")
        sandbox.start(running)
        tenant = running.enter_context(Tenant(sandbox.domain, sandbox.certificate, sandbox.credentials))
        step("Holding the seed of the local tenant against what module auth0 makes of an empty one")
        seed.check(sandbox, tenant)
        step("Creating, changing and destroying each resource of the provider that the local tenant supports")
        _check_every_resource(sandbox.every_resource(), sandbox)
        step("Letting the tenant serve a shop: applications, connections with keys and users, an Action, a look")
        shop = LivingTenant(tenant.api, sandbox.visitor_settings("", "", ""))
        application = tenant.create_application_for_terraform(manages_look=False)
        root = sandbox.cloud_root(application)
        for_the_look = tenant.create_application_for_terraform(manages_look=True)
        before = tenant.inventory(), account.inventory(sandbox.session(), sandbox.settings.aws_url)
        picture = shop.picture()
        step("Testing the cloud root on plans, and planning production")
        root.validate()
        root.test()
        root.plan(directory / "prod.tfplan", **_values_of_production(sandbox, shop))
        _check_default_root(root, sandbox, tenant, shop)
        _require_unharmed(shop, picture)
        step("Running the jobs that deploy it, and two previews of pull requests next to it")
        jobs.check(sandbox)
        _require_unharmed(shop, picture)
        _check_strange_connections(root.outputs(), sandbox, tenant, shop)
        _check_changes(root, sandbox, tenant)
        _check_opt_ins(root, sandbox, tenant)
        _require_unharmed(shop, picture)
        root = _check_look(sandbox, for_the_look, tenant, shop, picture)
        _check_destroy(root, sandbox, tenant)
        after = tenant.inventory(), account.inventory(sandbox.session(), sandbox.settings.aws_url)
        for place, was, remains in zip(("tenant", "account"), before, after, strict=True):
            if left := remains - was:
                raise OperationError(f"the {place} still has {', '.join(sorted(left))} after the destroy")
        detail("nothing of ours is left in the tenant and in the account, but for the connections")
        _require_unharmed(shop, picture)
        shop.sign_in(SHOP_CONNECTIONS[0])


def _require_unharmed(shop: LivingTenant, picture: Mapping[str, Any], *, changed: frozenset[str] = frozenset()) -> None:
    """Raise OperationError if an object of the shop differs from its snapshot, except the names in `changed`."""
    found = differences(picture, shop.picture(), taken_over=(TAKEN_OVER,))
    if {name.partition(" (")[0] for name in found} != changed:
        raise OperationError(f"of what the tenant had before us, {'; '.join(found) or 'nothing'} has changed")
    detail(f"of what the tenant had before us, {', '.join(sorted(changed)) or 'nothing'} has changed")


def _values_of_production(sandbox: Sandbox, shop: LivingTenant) -> dict[str, Any]:
    return sandbox.values(
        PRODUCTION,
        connection_client_ids=dict.fromkeys(load_project(tools.ROOT).access["connections"], "an application of ours"),
        existing_connection_ids={TAKEN_OVER: shop.connection_ids[TAKEN_OVER]},
    )


def _check_every_resource(root: TerraformRoot, sandbox: Sandbox) -> None:
    """Create all, change all, destroy all; raise OperationError if the plan after a step is not empty."""
    values: dict[str, object] = {"public_key": _public_key()}
    for values["revision"] in (1, 2):
        _apply(root, sandbox, {"var": values})
        _require_no_changes(root, sandbox, {"var": values})
    root.destroy(var=values)


def _public_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _check_default_root(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant, shop: LivingTenant) -> None:
    """Apply; raise OperationError if state or plan gets a connection's secret."""
    step("Applying terraform/cloud, which takes over a connection with its keys and users")
    sandbox.always = {"existing_connection_ids": {TAKEN_OVER: shop.connection_ids[TAKEN_OVER]}}
    step("Killing the first apply at several moments, and taking the way back")
    killed_apply.check(root, sandbox, tenant, sandbox.values())
    step("Finishing the apply")
    _apply(root, sandbox, sandbox.values())
    step("Setting a connection's keys outside Terraform, and looking for connections' secrets")
    connection_secrets.set_keys(tenant)
    _require_settled(root, sandbox, sandbox.values(), tenant)
    plan_file, kept = sandbox.directory / "second.tfplan", connection_secrets.SECRETS
    secret_search.require_absent(root, plan_file, sandbox.values(), kept, "auth0_connection")
    _visit(root.outputs(), sandbox, "code")
    step("Signing in with a browser at what Terraform made")
    detail(browser.sign_in(sandbox))


def _require_refused_plan(root: TerraformRoot, sandbox: Sandbox, reason: str) -> None:
    try:
        root.plan(sandbox.directory / "refused.tfplan", **sandbox.values())
    except OperationError:
        if reason not in root.log.read_text(encoding="utf-8").replace("\n", " "):
            raise
        detail(f"a plan is refused: {reason}")
    else:
        raise OperationError(f"a plan is not refused, though it should say: {reason}")


def _check_strange_connections(
    outputs: Mapping[str, Any], sandbox: Sandbox, tenant: Tenant, shop: LivingTenant
) -> None:
    """Raise OperationError if an undeclared connection can sign in at our site, or no longer at the shop."""
    step("Signing in with a password, which the shop knows and access.yaml does not")
    strange, access = SHOP_CONNECTIONS[0], sandbox.declaration().access
    tenant.enable_connection(shop.connection_ids[strange], outputs["client_id"])
    visitor = Visitor(sandbox.visitor_settings(outputs["client_id"], outputs["site_url"], access["audience"]))
    try:
        visitor.sign_in(strange, list(access["scopes"]))
    except OperationError as error:
        if "This way of signing in is not accepted here" not in str(error):
            raise
        detail(str(error))
    else:
        raise OperationError(f"{strange} signs in at our site")
    shop.sign_in(strange)
    detail(f"the shop's visitors sign in by {strange} as before")


def _check_look(
    sandbox: Sandbox,
    application: Mapping[str, str],
    tenant: Tenant,
    shop: LivingTenant,
    picture: Mapping[str, Any],
) -> TerraformRoot:
    """Take over the look and apply it; raise OperationError if that changes anything else."""
    step("Taking over the tenant's look, and giving it back")
    before = json.dumps(tenant_look.read(tenant.api))
    root = sandbox.cloud_root(application, tenant_look_before=before)
    sandbox.always["manage_tenant_look"] = True
    _apply(root, sandbox, sandbox.values())
    told = [change.line for change in outside.changes(root.read_plan(sandbox.directory / "cloud.tfplan"), TRIAL)]
    for line in told:
        detail(line)
    _require_no_changes(root, sandbox, sandbox.values())
    look = {"branding", "branding/themes/default", "prompts", "prompts/login/custom-text/en"}
    _require_unharmed(shop, picture, changed=frozenset({*look, "tenants/settings"}))  # the settings hold colours too
    if len(told) != len(look):
        raise OperationError(f"the plan names {len(told)} of {len(look)} changes of the tenant's look")
    sandbox.always["manage_tenant_look"] = False
    _apply(root, sandbox, sandbox.values())
    _require_unharmed(shop, picture)
    sandbox.always["manage_tenant_look"] = True
    _apply(root, sandbox, sandbox.values())
    return root


def _check_destroy(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant) -> None:
    """Destroy; raise OperationError if that deletes a connection, or starts although a table is protected."""
    step("Destroying it (the provider waits for CloudFront)")
    connections, objects = tenant.connection_names(), root.objects()
    tables = sandbox.session().client("dynamodb", endpoint_url=sandbox.settings.aws_url)
    protected = sorted(root.outputs()["table_names"].values())[0]
    tables.update_table(TableName=protected, DeletionProtectionEnabled=True)
    plan_file = sandbox.directory / "destroy.tfplan"

    def unprotect(name: str) -> None:
        tables.update_table(TableName=name, DeletionProtectionEnabled=False)

    try:
        safe_destroy.destroy(root, plan_file, "", unprotect, lock_options={}, **sandbox.values())
    except UserError as error:
        if root.objects() != objects:
            raise OperationError(f"a destroy that is refused changes the state: {error}") from error
        detail(f"refused before anything is deleted: {error}")
    else:
        raise OperationError(f"a destroy begins though {protected} is protected")
    safe_destroy.destroy(root, plan_file, safe_destroy.DELETE, unprotect, lock_options={}, **sandbox.values())
    if tenant.connection_names() != connections:
        raise OperationError(f"of the connections {sorted(connections)} some are gone after the destroy")


def _check_changes(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant) -> None:
    """Make a change of each kind, one by one; raise OperationError if one has no effect or does not last."""
    for change in CHANGES:
        step(f"Changing the tenant: {change.title}")
        change.make(sandbox.directory)
        sandbox.rebuild()
        if change.removes is not None:
            connection_secrets.require_kept(tenant)  # an earlier change has renamed the connection
            _require_refused_plan(root, sandbox, "Instance cannot be destroyed")
            root.forget(f'module.auth0.auth0_connection.social["{change.removes}"]')
        _apply(root, sandbox, sandbox.values())
        _require_settled(root, sandbox, sandbox.values(), tenant)
    _visit(root.outputs(), sandbox, "code")
    _require_refusal(root.outputs(), sandbox)
    _call_as_machine(root.outputs(), sandbox, tenant)
    sandbox.restore_project()
    _take_back(sandbox, tenant)


def _take_back(sandbox: Sandbox, tenant: Tenant) -> None:
    """Import again the connections that the changes removed from Terraform's state."""
    known: dict[str, str] = dict(sandbox.always["existing_connection_ids"])  # type: ignore[call-overload]
    known |= {change.removes: tenant.connection_id(change.removes) for change in CHANGES if change.removes is not None}
    sandbox.always |= {"existing_connection_ids": known}


def _check_opt_ins(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant) -> None:
    step("Taking the changes back, and switching to HS256, with the API outside Terraform, and the implicit grant")
    secret = hs256.take_out(root, sandbox, tenant)
    values = sandbox.values(tokens=sandbox.tokens("HS256"), login_flow="implicit")
    _apply(root, sandbox, values)
    _require_no_changes(root, sandbox, values)
    hs256.require_outside(root, sandbox, tenant, secret, values)
    _visit(root.outputs(), sandbox, "token")
    step("Switching back to RS256, for which Terraform takes the API over")
    hs256.take_back(sandbox, tenant)
    _apply(root, sandbox, sandbox.values())
    _require_settled(root, sandbox, sandbox.values(), tenant)


def _apply(root: TerraformRoot, sandbox: Sandbox, values: Mapping[str, object]) -> None:
    plan_file = sandbox.directory / "cloud.tfplan"
    root.plan(plan_file, **values)
    root.apply(plan_file)
    detail(re.findall(r"^Apply complete! (.*)$", root.log.read_text(encoding="utf-8"), re.MULTILINE)[-1])


def _require_settled(root: TerraformRoot, sandbox: Sandbox, values: Mapping[str, object], tenant: Tenant) -> None:
    """Raise OperationError if a second plan changes something, or the tenant differs from the copied files."""
    _require_no_changes(root, sandbox, values)
    outputs = root.outputs()
    if problems := tenant.problems(sandbox.declaration(), outputs["client_id"], outputs["site_url"]):
        raise OperationError("; ".join(problems))
    detail("API, scopes, lifetimes, application, connections and Action are as declared")


def _require_no_changes(root: TerraformRoot, sandbox: Sandbox, values: Mapping[str, object]) -> None:
    plan_file = sandbox.directory / "second.tfplan"
    second = root.plan(plan_file, **values)
    if second.has_changes:
        raise OperationError(f"a second plan still changes something:\n{second.text}")
    detail("a second plan changes nothing")


def _visit(outputs: Mapping[str, Any], sandbox: Sandbox, response_type: str) -> None:
    """Sign in through each connection and call each API; OperationError if one contradicts the access model."""
    declared, access_model = sandbox.declaration(), load_project(tools.ROOT).access_model
    access = declared.access
    settings = sandbox.visitor_settings(outputs["client_id"], outputs["site_url"], access["audience"])
    for connection, granted in access["connections"].items():
        step(f"Signing in with {granted['display_name']} and calling the APIs through CloudFront")
        visitor = Visitor(settings)
        token = visitor.sign_in(connection, list(access["scopes"]), response_type)
        if lifetime(token) != declared.token_lifetime_seconds:
            raise OperationError(f"a token lives {lifetime(token)} seconds, not {declared.token_lifetime_seconds}")
        _call_apis(visitor, token, granted, access_model)


def _call_as_machine(outputs: Mapping[str, Any], sandbox: Sandbox, tenant: Tenant) -> None:
    """Call each API as the machine client that a change has added; raises as `_visit` does."""
    step("Calling the APIs through CloudFront as a machine client, with a token by its secret")
    access = sandbox.declaration().access
    visitor = Visitor(sandbox.visitor_settings(outputs["client_id"], outputs["site_url"], access["audience"]))
    token = tenant.machine_token(outputs["machine_client_ids"][MACHINE_CLIENT], access["audience"])
    _call_apis(visitor, token, access["machine_clients"][MACHINE_CLIENT], load_project(tools.ROOT).access_model)


def _call_apis(visitor: Visitor, token: str, granted: Mapping[str, Any], access_model: Mapping[str, Any]) -> None:
    for path, expected in expectations(access_model, granted["scopes"]).items():
        status = visitor.call(path, token)
        if status != expected:
            raise OperationError(f"GET /api{path} answers {status} to {granted['display_name']}, not {expected}")
        detail(f"GET /api{path}: {status}")


def _require_refusal(outputs: Mapping[str, Any], sandbox: Sandbox) -> None:
    """Raise OperationError if a visitor can sign in through a connection that a change has removed."""
    left, before = sandbox.declaration().access, load_project(tools.ROOT).access
    settings = sandbox.visitor_settings(outputs["client_id"], outputs["site_url"], left["audience"])
    for connection in before["connections"].keys() - left["connections"].keys():
        try:
            Visitor(settings).sign_in(connection, list(left["scopes"]))
        except OperationError:
            detail(f"nobody signs in through {connection} any more")
        else:
            raise OperationError(f"{connection} was removed, and still signs people in")


if __name__ == "__main__":
    run(main)
