"""The parts of the local system: two services and the Terraform root, each with its whole environment."""

import sys
from collections.abc import Mapping
from pathlib import Path

from scripts import child_environment, provider_mirror
from scripts.local_stack.services import Service
from scripts.local_stack.settings import Settings, variable
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT

REGION = "us-east-1"
CREDENTIALS = {  # the emulator accepts any value
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}


def aws(settings: Settings) -> Service:
    """Return the emulated AWS."""
    return Service(
        name="aws",
        command=(sys.executable, "-m", "local.aws"),
        environment={
            **CREDENTIALS,
            "PYTHONPATH": str(ROOT),
            variable("aws_port"): str(settings.aws_port),
            "GATEHOUSE_LOCAL_DIR": str(settings.directory),
        },
        ports={settings.aws_port: variable("aws_port")},
        health_url=f"{settings.aws_url}/_ministack/health",
        sources=(*(ROOT / "local" / "aws").rglob("*.py"), ROOT / "requirements" / "dev.txt"),
        directory=settings.directory,
    )


def auth0(settings: Settings) -> Service:
    """Return the local Auth0 tenant."""
    folders = (ROOT / "auth0", ROOT / "local" / "tenant")
    sources = (
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return Service(
        name="auth0",
        command=(
            *(sys.executable, "-m", "local.tenant"),
            *("--port", str(settings.auth0_port), "--tls-port", str(settings.auth0_tls_port)),
            *("--state-directory", str(settings.directory / "auth0")),
            *("--access", str(ROOT / "auth0" / "access.yaml")),
            *("--action", str(ROOT / "auth0" / "actions" / "grant_scopes.js")),
            *(["--faults"] if settings.faults else []),
        ),
        environment={"PYTHONPATH": str(ROOT)},
        ports={settings.auth0_port: variable("auth0_port"), settings.auth0_tls_port: variable("auth0_tls_port")},
        health_url=f"{settings.issuer}.well-known/openid-configuration",
        sources=tuple(sources),
        directory=settings.directory,
    )


def services(settings: Settings) -> tuple[Service, Service]:
    """Return both services, in the order of their start."""
    return aws(settings), auth0(settings)


def terraform(settings: Settings, variables: Mapping[str, str]) -> TerraformRoot:
    """Return terraform/local with its variables; only environment variables lead it to the emulated AWS.

    Raises:
        UserError: no AWS provider can be found.
    """
    return TerraformRoot(
        directory=ROOT / "terraform" / "local",
        data_directory=settings.directory / "terraform",
        log=settings.logs / "terraform.log",
        environment={
            **child_environment.for_terraform(),
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": settings.aws_url,
            "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(settings.directory / "terraform.tfrc")),
            **({"TF_REATTACH_PROVIDERS": settings.aws_provider} if settings.aws_provider else {}),
            **{f"TF_VAR_{name}": value for name, value in variables.items()},
        },
    )


def state_file(settings: Settings) -> Path:
    """Return the file that holds the Terraform state of the local root."""
    return settings.directory / "terraform.tfstate"
