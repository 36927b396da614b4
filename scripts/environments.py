"""The environments that can be planned and applied: `local`, and one for each file in terraform/cloud/environments."""

import difflib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2

from scripts import child_environment, provider_mirror, tenant_look
from scripts.build.everything import machine_architecture
from scripts.errors import UserError
from scripts.jwks import fetch_jwks
from scripts.local_stack import definitions, deployment, services, settings
from scripts.management_api import ManagementApi, tenant_url
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT

LOCAL = "local"
CLOUD = ROOT / "terraform" / "cloud"
_SETTINGS = CLOUD / "environments"
_WORK = ROOT / "build" / "terraform"


@dataclass(frozen=True)
class Environment:
    """One environment: its name, and where its saved plan lies."""

    name: str

    @property
    def plan_file(self) -> Path:
        """The plan that `make plan` writes and `make apply` applies."""
        folder = settings.from_environment(os.environ).directory if self.name == LOCAL else _WORK
        return folder / f"{self.name}.tfplan"

    def plan_options(self) -> dict[str, str]:
        """Return what `plan` is given beside the file: the cloud's values; the local ones come from what runs."""
        return {} if self.name == LOCAL else {"var_file": str(_SETTINGS / f"{self.name}.tfvars")}

    @property
    def architecture(self) -> str:
        """The instruction set that the zips are built for."""
        return machine_architecture() if self.name == LOCAL else self.value("architecture")

    def root(self) -> TerraformRoot:
        """Return the environment's Terraform root, initialised.

        Raises:
            UserError: the local system does not run, or no provider is to be had.
            OperationError: the tenant or Terraform's backend does not answer.
        """
        if self.name == LOCAL:
            chosen = settings.from_environment(os.environ)
            if not all(map(services.running, definitions.services(chosen))):
                raise UserError("the local system does not run; start it with `make up`.")
            return deployment.root(chosen)
        variables = {}
        if self.value("api_signing_algorithm") == "RS256":
            variables["TF_VAR_jwks"] = fetch_jwks(self.value("issuer"))
        if self.flag("manage_tenant_look"):
            with ManagementApi(tenant_url(os.environ), os.environ) as api:
                variables["TF_VAR_tenant_look_before"] = json.dumps(tenant_look.read(api))
        root = TerraformRoot(
            directory=CLOUD,
            data_directory=_WORK / self.name,
            log=_WORK / f"{self.name}.log",
            environment={
                **child_environment.for_program(child_environment.TERRAFORM, child_environment.ACCOUNT),
                "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(_WORK / "terraform.tfrc")),
                **variables,
            },
        )
        root.init(_SETTINGS / f"{self.name}.s3.tfbackend")
        return root

    def value(self, variable: str) -> str:
        """Return a variable's value as Terraform will see it: from the tfvars file, else its default."""
        value = self._written(variable)
        if not isinstance(value, str):
            raise UserError(f"{self.name}.tfvars has no {variable}; add it, as the other environments do.")
        return value.strip('"')

    def flag(self, variable: str) -> bool:
        """Return a variable's value that is true or false: from the tfvars file, else its default."""
        return bool(self._written(variable))

    def names_in(self, variable: str) -> list[str]:
        """Return the members of a variable that is a list, or the keys of one that is a map; none when not set."""
        value = self._written(variable)
        return [str(name).strip('"') for name in value] if isinstance(value, list | dict) else []

    def backend(self) -> dict[str, str]:
        """Return the settings of the state's backend."""
        read = _parse(_SETTINGS / f"{self.name}.s3.tfbackend")
        return {name: str(value).strip('"') for name, value in read.items()}

    def _written(self, variable: str) -> object:
        value = _parse(_SETTINGS / f"{self.name}.tfvars").get(variable)
        if value is None:
            blocks = _parse(CLOUD / "variables.tf")["variable"]
            declared = {name.strip('"'): body for block in blocks for name, body in block.items()}
            value = declared[variable].get("default")
        return value


def names() -> list[str]:
    """Return the names of all environments."""
    return [LOCAL, *sorted(path.stem for path in _SETTINGS.glob("*.tfvars"))]


def find(name: str | None) -> Environment:
    """Return the environment called `name`.

    Raises:
        UserError: no name was given, or there is no such environment.
    """
    choice = ", ".join(names())
    if not name:
        raise UserError(f"say which environment: ENV=<one of {choice}>.")
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f" did you mean {near[0]}?" if near else ""
        raise UserError(f"there is no environment '{name}';{hint} there are: {choice}.")
    return Environment(name)


def _parse(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            return dict(hcl2.load(file))
    except Exception as error:  # the parser's errors share no base class
        raise UserError(f"{path.relative_to(ROOT)} cannot be read: {str(error).splitlines()[0]}") from error
