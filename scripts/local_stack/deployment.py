"""Bring the emulated AWS to what terraform/local declares, whatever an earlier, interrupted run left there."""

import shutil
from pathlib import Path

from scripts.build.whole import machine_architecture
from scripts.console import detail
from scripts.errors import OperationError
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant, fetch_jwks
from scripts.terraform_root import TerraformRoot


def root(settings: Settings) -> TerraformRoot:
    """Return terraform/local with the running tenant's values, initialised."""
    variables = {
        "issuer": settings.issuer,
        "client_id": LocalTenant(settings).client_id(),
        "jwks": fetch_jwks(settings.issuer),
        "architecture": machine_architecture(),
    }
    terraform = definitions.terraform(settings, variables)
    terraform.init({"path": str(definitions.state_file(settings))})
    return terraform


def deploy(settings: Settings) -> bool:
    """Plan and apply terraform/local; return whether anything changed.

    An apply that is cut short can leave things in the emulator that Terraform's state does not know, and it then fails
    on them for ever. Nothing in the emulator is worth keeping (its tables hold sample rows), so after such an end a
    failing apply makes the emulator anew, once.

    Raises:
        OperationError: Terraform failed; the text names its error and its log.
    """
    unfinished = settings.directory / "apply-unfinished"
    interrupted_before = unfinished.exists()
    try:
        return _apply(settings, unfinished)
    except OperationError as error:
        if not interrupted_before:
            raise
        detail(f"an earlier run was cut short ({error}); making the emulated AWS anew")
        forget(settings)
        services.ensure(definitions.aws(settings))
        return _apply(settings, unfinished)


def forget(settings: Settings) -> None:
    """Stop the emulated AWS and remove all it holds, with Terraform's state of it."""
    services.stop(definitions.aws(settings))
    shutil.rmtree(settings.directory / "aws", ignore_errors=True)
    for state in settings.directory.glob("terraform.tfstate*"):
        state.unlink()


def _apply(settings: Settings, unfinished: Path) -> bool:
    terraform = root(settings)
    plan_file = settings.directory / "plan.tfplan"
    if not terraform.plan(plan_file):
        unfinished.unlink(missing_ok=True)
        return False
    unfinished.touch()
    terraform.apply(plan_file, progress=detail)
    unfinished.unlink()
    return True
