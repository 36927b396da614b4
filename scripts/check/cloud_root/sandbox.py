"""The sandbox of one check: a copy of the project, two services on free ports, and Terraform configured for them."""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3

from scripts import tenant_api
from scripts.build import subject_hash_key
from scripts.build.artifacts import machine_architecture
from scripts.build.data_files import load_access
from scripts.build.functions import build_functions
from scripts.check.cloud_root.tenant import Declaration
from scripts.check.cloud_root.visitor import SITE_HOST, VisitorSettings
from scripts.environments import CloudEnvironment
from scripts.jwks import fetch_jwks
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT

TRIAL, PRODUCTION = "dev", "prod"
_BUILT = f"build/{machine_architecture()}"
_COPIED = ("terraform", "functions", "auth0", "site", "requirements", "build/site", _BUILT)
_CHANGED = ("terraform", "auth0", _BUILT)
_EVERY_RESOURCE = "every_resource"
_NOT_COPIED = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*", "__pycache__", "node_modules")


class Sandbox:
    """Everything that a check needs, in one folder. The project's own folders stay unchanged."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        aws_port, auth0_port, auth0_tls_port = free_ports(3)
        self.settings = Settings(directory / "local", aws_port, auth0_port, auth0_tls_port)
        self.always: dict[str, object] = {}
        _copy_project(directory)

    @property
    def domain(self) -> str:
        """The value of AUTH0_DOMAIN: the tenant's host and TLS port, because the provider always uses TLS."""
        return f"localhost:{self.settings.auth0_tls_port}"

    @property
    def certificate(self) -> Path:
        """The certificate of the authority that signed the tenant's certificate."""
        return self.settings.directory / "auth0" / "ca.pem"

    @property
    def server_certificate(self) -> Path:
        """The tenant's own certificate."""
        return self.settings.directory / "auth0" / "server.pem"

    @property
    def providers(self) -> Path:
        """The folder with the providers of the cloud root: a filesystem mirror, wherever they came from."""
        return self.directory / "data" / "cloud" / "providers"

    @property
    def lock_file(self) -> Path:
        """The lock file of the cloud root, with the checksums of those providers."""
        return self.directory / "terraform" / "cloud" / ".terraform.lock.hcl"

    @property
    def site_url(self) -> str:
        """The address at which a browser on this machine reaches the site."""
        return f"http://{SITE_HOST}:{self.settings.aws_port}"

    @property
    def credentials(self) -> Mapping[str, str]:
        """The `client_id` and `client_secret` of the machine-to-machine application with every scope."""
        stored: dict[str, str] = json.loads((self.settings.directory / "auth0" / "management.json").read_text("utf-8"))
        return stored

    def start(self, running: ExitStack) -> None:
        """Start both services and create the bucket for the state; `running` stops the services when it closes."""
        tenant = definitions.auth0(self.settings)
        empty_tenant = dataclasses.replace(tenant, command=(*tenant.command, "--empty"))
        for service in (definitions.aws(self.settings), empty_tenant):
            running.callback(services.stop, service)
            services.ensure(service)
        backend = self.backend()
        self.session().client("s3", endpoint_url=self.settings.aws_url).create_bucket(
            Bucket=backend["bucket"], CreateBucketConfiguration={"LocationConstraint": backend["region"]}
        )

    def backend(self) -> dict[str, str]:
        """Return the settings of the state's backend."""
        return CloudEnvironment(TRIAL).backend()

    def session(self) -> boto3.Session:
        """Return a session for the emulated account."""
        return boto3.Session("test", "test", region_name=self.backend()["region"])

    def declaration(self) -> Declaration:
        """Return the tenant as the copy of the project declares it now."""
        auth0 = self.directory / "auth0"
        access = load_access(auth0 / "access.yaml")
        return Declaration(
            access=access,
            action_code=(auth0 / "actions" / "grant_scopes.js").read_text(encoding="utf-8"),
            api=tenant_api.declared(access, "RS256", self.directory / "terraform" / "modules" / "auth0" / "api.yaml"),
        )

    def rebuild(self) -> None:
        """Rebuild the zips of the copy, like `make plan`: the authorizer's zip contains the grants of access.yaml."""
        for _ in build_functions(self.directory, self.directory / "build", machine_architecture()):
            pass

    def restore_project(self) -> None:
        """Undo the check's changes to its copy of the project."""
        for name in _CHANGED:
            shutil.copytree(ROOT / name, self.directory / name, ignore=_NOT_COPIED, dirs_exist_ok=True)

    def cloud_root(self, credentials: Mapping[str, str], **variables: str) -> TerraformRoot:
        """Return the cloud root, initialised, with an environment that leads to the sandbox's account and tenant.

        `credentials`: those of Terraform's application. `variables`: further variables of the root, by name.
        """
        values = {"jwks": fetch_jwks(self.settings.issuer), **variables}
        named = {f"TF_VAR_{name}": value for name, value in values.items()}
        return self._initialised("cloud", {**self._tenant_environment(credentials), **named})

    def every_resource(self) -> TerraformRoot:
        """Return the root with every resource that the tenant emulates, initialised, with a token for every scope."""
        return self.root_of_the_check(_EVERY_RESOURCE, self.credentials)

    def root_of_the_check(self, name: str, credentials: Mapping[str, str]) -> TerraformRoot:
        """Return the root in a folder next to this file, initialised, with an application's credentials."""
        shutil.copytree(Path(__file__).with_name(name), self.directory / "terraform" / name)
        return self._initialised(name, self._tenant_environment(credentials))

    def _tenant_environment(self, credentials: Mapping[str, str]) -> dict[str, str]:
        return {
            "AUTH0_DOMAIN": self.domain,
            "AUTH0_CLIENT_ID": credentials["client_id"],
            "AUTH0_CLIENT_SECRET": credentials["client_secret"],
            "SSL_CERT_FILE": str(self.certificate),  # Go also reads the system's certificate folder
        }

    def tokens(self, algorithm: str = "RS256") -> dict[str, str]:
        """Return the value of the variable `tokens` for this tenant."""
        return {"issuer": f"https://{self.domain}/", "signing_algorithm": algorithm}

    def here(self, environment: str = TRIAL, **more: object) -> dict[str, object]:
        """Return the values that an environment's tfvars file lacks: those of this tenant, `always` and `more`."""
        here = self.here_for_previews()
        if environment == TRIAL:  # production refuses an http address
            here["additional_site_urls"] = [self.site_url]
        return {**here, **self.always, **more}

    def here_for_previews(self) -> dict[str, object]:
        """Return the values that previews.tfvars lacks: those of this tenant and of this machine."""
        return {"tokens": self.tokens(), "architecture": machine_architecture()}

    def values(self, environment: str = TRIAL, **more: object) -> dict[str, Any]:
        """Return Terraform's options for an environment's values, together with those of `here`."""
        file = self.directory / "check.tfvars.json"
        file.write_text(json.dumps(self.here(environment, **more)), encoding="utf-8")
        return {"var_file": [f"environments/{environment}.tfvars", str(file)]}

    def visitor_settings(
        self, client_id: str, site_url: str, audience: str, *, site_host: str = SITE_HOST
    ) -> VisitorSettings:
        """Return the settings of a visitor's browser."""
        return VisitorSettings(
            tenant_url=f"https://{self.domain}",
            certificate=self.certificate,
            client_id=client_id,
            audience=audience,
            redirect_uri=site_url,
            aws_url=self.settings.aws_url,
            site_host=site_host,
        )

    def _initialised(self, root: str, environment: Mapping[str, str]) -> TerraformRoot:
        local = definitions.terraform(self.settings, {})
        inherited = {name: value for name, value in local.environment.items() if not name.startswith("AUTH0_")}
        terraform = dataclasses.replace(
            local,
            directory=self.directory / "terraform" / root,
            data_directory=self.directory / "data" / root,
            environment={**inherited, **environment},
        )
        terraform.init(self.backend() if root == "cloud" else {}, lock_file="update")
        return terraform


def _copy_project(directory: Path) -> None:
    """Copy what the cloud root reads, without lock files: a mirror may hold another version of a provider."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, directory / name, ignore=_NOT_COPIED)
    shutil.copyfile(ROOT / ".python-version", directory / ".python-version")
    for name in ("scripts", ".venv"):  # a destroy calls scripts.tenant_look from the copy
        (directory / name).symlink_to(ROOT / name)
    (directory / "build").mkdir(exist_ok=True)
    (directory / "build" / "cache").symlink_to(ROOT / "build" / "cache")
    subject_hash_key.provide(directory / "build")
