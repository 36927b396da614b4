"""The folder of one check: a copy of the project, two services on free ports, and Terraform aimed at them."""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import hcl2

from scripts.build.whole import machine_architecture
from scripts.cloud_root_check.visitor import VisitorSettings
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.local_stack.tenant import fetch_jwks
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT

TRIAL, PRODUCTION = "dev", "prod"


class Workplace:
    """Everything that a check needs, below one folder; the project's own folders are only read."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.settings = Settings(directory / "local", *free_ports(3))
        _copy_project(directory)

    @property
    def domain(self) -> str:
        """The tenant's host and port, as AUTH0_DOMAIN has it; the provider always speaks TLS to it."""
        return f"localhost:{self.settings.auth0_tls_port}"

    @property
    def certificate(self) -> Path:
        """The authority that signed the tenant's certificate."""
        return self.settings.directory / "auth0" / "ca.pem"

    @property
    def credentials(self) -> Mapping[str, str]:
        """The `client_id` and `client_secret` of the tenant's machine-to-machine application."""
        stored: dict[str, str] = json.loads((self.settings.directory / "auth0" / "management.json").read_text("utf-8"))
        return stored

    def start(self, running: ExitStack) -> None:
        """Start both services and make the bucket for the state; `running` stops them again, whatever happens."""
        tenant = definitions.auth0(self.settings)
        empty_tenant = dataclasses.replace(tenant, command=(*tenant.command, "--empty"))
        for service in (definitions.aws(self.settings), empty_tenant):
            running.callback(services.stop, service)
            services.ensure(service)
        backend = self._backend()
        session = boto3.Session("test", "test", region_name=backend["region"])
        session.client("s3", endpoint_url=self.settings.aws_url).create_bucket(
            Bucket=backend["bucket"], CreateBucketConfiguration={"LocationConstraint": backend["region"]}
        )

    def module_auth0(self) -> TerraformRoot:
        """Return the module of the tenant, initialised; its tests need no services."""
        return self._initialised("modules/auth0", {})

    def cloud_root(self) -> TerraformRoot:
        """Return the cloud root, initialised, with the environment that stands for an account and a tenant."""
        return self._initialised(
            "cloud",
            {
                "AUTH0_DOMAIN": self.domain,
                "AUTH0_CLIENT_ID": self.credentials["client_id"],
                "AUTH0_CLIENT_SECRET": self.credentials["client_secret"],
                "SSL_CERT_FILE": str(self.certificate),  # beside it Go reads the system's certificate folder
                "TF_VAR_jwks": fetch_jwks(self.settings.issuer),
            },
        )

    def values(self, environment: str = TRIAL, **more: object) -> dict[str, Any]:
        """Return Terraform's options for the values of an environment, with those of this tenant and `more` on top."""
        here = {"issuer": f"https://{self.domain}/", "architecture": machine_architecture(), **more}
        file = self.directory / "check.tfvars.json"
        file.write_text(json.dumps(here), encoding="utf-8")
        return {"var_file": [f"environments/{environment}.tfvars", str(file)]}

    def visitor_settings(self, client_id: str, site_url: str, audience: str) -> VisitorSettings:
        """Return what a visitor's browser knows."""
        return VisitorSettings(
            tenant_url=f"https://{self.domain}",
            certificate=self.certificate,
            client_id=client_id,
            audience=audience,
            redirect_uri=site_url,
            aws_url=self.settings.aws_url,
        )

    def _backend(self) -> dict[str, str]:
        with (self.directory / "terraform" / "cloud" / "environments" / f"{TRIAL}.s3.tfbackend").open() as file:
            return {name: str(value).strip('"') for name, value in hcl2.load(file).items()}

    def _initialised(self, root: str, environment: Mapping[str, str]) -> TerraformRoot:
        local = definitions.terraform(self.settings, {})
        inherited = {name: value for name, value in local.environment.items() if not name.startswith("AUTH0_")}
        terraform = dataclasses.replace(
            local,
            directory=self.directory / "terraform" / root,
            data_directory=self.directory / "data" / root,
            environment={**inherited, **environment},
        )
        backend: Path | dict[str, str] = Path("environments") / f"{TRIAL}.s3.tfbackend" if root == "cloud" else {}
        terraform.init(backend, lock_file="update")
        return terraform


def _copy_project(directory: Path) -> None:
    """Copy what the cloud root reads, but no lock file: a mirror may hold another version of a provider."""
    ignored = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*", "__pycache__", "local_tenant")
    for name in ("terraform", "functions", "auth0", "build/site", f"build/{machine_architecture()}"):
        shutil.copytree(ROOT / name, directory / name, ignore=ignored)
