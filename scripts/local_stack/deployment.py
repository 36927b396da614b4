"""Applies terraform/local to the emulated AWS, and cleans up after an interrupted run."""

import json
import shutil

import boto3
import httpx

from scripts.build.artifacts import machine_architecture
from scripts.build.data_files import load_access
from scripts.console import detail
from scripts.jwks import fetch_jwks
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import NAME, Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.signing_secret import Parameter
from scripts.terraform_root import ApplyError, TerraformRoot, warnings
from scripts.tools import ROOT


def root(settings: Settings) -> TerraformRoot:
    """Return terraform/local with the running tenant's values, initialised."""
    tenant = LocalTenant(settings)
    variables = {
        "tokens": json.dumps(
            {
                "issuer": settings.issuer,
                "signing_algorithm": settings.api_signing_algorithm,
                "jwks": fetch_jwks(settings.issuer),
            }
        ),
        "client_id": tenant.client_id(),
        "machine_client_ids": json.dumps(tenant.machine_client_ids(load_access(ROOT / "auth0" / "access.yaml"))),
        "architecture": machine_architecture(),
        "login_flow": settings.login_flow,
    }
    terraform = definitions.terraform(settings, variables)
    terraform.init({"path": str(definitions.state_file(settings))})
    return terraform


def deploy(settings: Settings) -> bool:
    """Configure the tenant, then plan and apply terraform/local; return whether Terraform changed anything.

    An interrupted apply, or a lost response on a busy machine, leaves objects in the emulator that Terraform's state
    does not know. Every later apply then fails on them; with a Lambda function, after five minutes. The emulator holds
    nothing worth keeping (its tables hold sample rows). So reset it if the last apply was interrupted, and once if this
    apply fails; a second failure is an error.

    Raises:
        OperationError: Terraform failed; the text names its error and its log.
    """
    LocalTenant(settings).configure()
    if definitions.terraform(settings, {}).was_cut_short:
        _make_anew(settings, "the last apply was cut short")
    try:
        return _apply(settings)
    except ApplyError as error:
        is_running = services.running(definitions.aws(settings)) is not None
        _make_anew(settings, str(error) if is_running else "the emulated AWS ended in the middle of the apply")
        return _apply(settings)


def site(settings: Settings) -> httpx.Client:
    """Return an HTTP client for the site's host name; names under `.localhost` do not resolve everywhere."""
    return httpx.Client(base_url=settings.aws_url, headers={"host": settings.site_host}, timeout=30, trust_env=False)


def forget(settings: Settings) -> None:
    """Stop the emulated AWS, and delete its data and Terraform's state of it."""
    services.stop(definitions.aws(settings))
    shutil.rmtree(settings.directory / "aws", ignore_errors=True)
    for state in settings.directory.glob("terraform.tfstate*"):
        state.unlink()


def _make_anew(settings: Settings, reason: str) -> None:
    detail(f"{reason}; resetting the emulated AWS")
    forget(settings)
    services.ensure(definitions.aws(settings))


def _apply(settings: Settings) -> bool:
    terraform = root(settings)
    plan_file = settings.directory / "plan.tfplan"
    planned = terraform.plan(plan_file)
    if settings.is_legacy:
        for warning in warnings(terraform.read_plan(plan_file)):
            detail(f"WARNING: {warning}")
    if planned.has_changes:
        terraform.apply(plan_file, progress=detail)
    if settings.api_signing_algorithm == "HS256":
        _store_signing_secret(settings)
    return planned.has_changes


def _store_signing_secret(settings: Settings) -> None:
    """Let the authorizer's parameter have the tenant's secret, as `make secret NAME=api` does in the cloud."""
    session = boto3.Session("test", "test", region_name=definitions.REGION)
    parameter = Parameter(session.client("ssm", endpoint_url=settings.aws_url), NAME)
    secret = LocalTenant(settings).signing_secret()
    if secret not in parameter.read()[0]:  # during a rotation there are two
        parameter.write([secret])
