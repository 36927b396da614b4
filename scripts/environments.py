"""The environments that can be planned and applied: `local`, each of terraform/cloud/environments, and previews.

The preview of pull request 12 is called `pull12`. All previews share terraform/cloud/previews.tfvars and
previews.s3.tfbackend. Each has its own names, state and API, derived from its name.
"""

import argparse
import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scripts import child_environment, command_line, provider_mirror, tenant_look
from scripts.build.artifacts import build, machine_architecture
from scripts.build.data_files import load_access
from scripts.errors import UserError
from scripts.jwks import fetch_jwks
from scripts.local_stack import definitions, deployment, services, settings
from scripts.management_api import ManagementApi, tenant_url
from scripts.terraform_root import TerraformRoot
from scripts.terraform_variables import PREFIX, Variables, read
from scripts.tools import ROOT

LOCAL = "local"
CLOUD = ROOT / "terraform" / "cloud"
_SETTINGS = CLOUD / "environments"
_LOCK_TIMEOUT = "10m"
"""Only for a pipeline, where two plans may run at the same time; a person wants to hear of the lock at once."""

_WORK = ROOT / "build" / "terraform"
_PREVIEWS = "previews"
_PULL = "pull"  # as in a pull request's address on GitHub; no other name begins like that by chance
_PREVIEW = re.compile(rf"{_PULL}[1-9][0-9]{{0,5}}")
_ANY_NUMBER = "*"


class Environment(Protocol):
    """One environment: its name, the path of its saved plan, and its Terraform root."""

    @property
    def name(self) -> str:
        """The name, as in ENV=<name>."""

    @property
    def plan_file(self) -> Path:
        """The plan that `make plan` writes and `make apply` applies."""

    @property
    def architecture(self) -> str:
        """The instruction set of the zips: `x86_64` or `arm64`."""

    @property
    def audience(self) -> str | None:
        """The identifier of the environment's API in the tenant; None if it is the one in access.yaml."""

    def plan_options(self) -> dict[str, str]:
        """Return the options of `plan` besides its file."""

    def apply_options(self) -> dict[str, str]:
        """Return the options of `apply` besides the plan's file."""

    def require_plannable(self) -> None:
        """Raise UserError if a plan would certainly fail, before the build."""

    def root(self) -> TerraformRoot:
        """Return the environment's Terraform root, initialised.

        Raises:
            UserError: the environment cannot be planned, or no provider can be found.
            OperationError: the tenant or Terraform's backend does not answer.
        """

    def planned_root(self) -> TerraformRoot:
        """Return the root as `make plan` left it, to read the saved plan without the network."""


@dataclass(frozen=True)
class LocalEnvironment:
    """The system on this machine. Its values come from the running services."""

    name: str = LOCAL

    @property
    def plan_file(self) -> Path:
        """The saved plan, in the folder of the local system."""
        return settings.from_environment(os.environ).directory / f"{LOCAL}.tfplan"

    @property
    def architecture(self) -> str:
        """This machine's instruction set."""
        return machine_architecture()

    @property
    def audience(self) -> None:
        """None: the API is the one in access.yaml."""

    def plan_options(self) -> dict[str, str]:
        """Return no options: the variables are in the environment of the Terraform root."""
        return {}

    def apply_options(self) -> dict[str, str]:
        """Return no options: only one command at a time uses the local state."""
        return {}

    def require_plannable(self) -> None:
        """Raise UserError if the local system does not run, because its tenant makes the signing secret."""
        services.require_running(definitions.services(settings.from_environment(os.environ)))

    def root(self) -> TerraformRoot:
        """Return terraform/local, initialised; see Environment."""
        self.require_plannable()
        return deployment.root(settings.from_environment(os.environ))

    def planned_root(self) -> TerraformRoot:
        """Return terraform/local as `make plan` left it; see Environment."""
        return definitions.terraform(settings.from_environment(os.environ), {})


@dataclass(frozen=True)
class CloudEnvironment:
    """An environment in the cloud: a tfvars file and a backend file in terraform/cloud/environments."""

    name: str

    @property
    def values_file(self) -> Path:
        """The tfvars file."""
        return _SETTINGS / f"{self.name}.tfvars"

    @property
    def backend_file(self) -> Path:
        """The file with the settings of the state's backend."""
        return _SETTINGS / f"{self.name}.s3.tfbackend"

    @property
    def audience(self) -> str | None:
        """None: the API is the one in access.yaml."""
        return None

    @property
    def name_on_github(self) -> str:
        """The GitHub environment whose jobs deploy this environment."""
        return self.name

    @property
    def fixed(self) -> dict[str, str]:
        """The values of variables that follow from the environment's name, so no file sets them."""
        return {}

    @property
    def variables(self) -> Variables:
        """The variables of terraform/cloud, with their values in this environment."""
        return Variables(CLOUD, self.values_file, os.environ, self.fixed)

    @property
    def plan_file(self) -> Path:
        """The saved plan, under build/."""
        return _WORK / f"{self.name}.tfplan"

    @property
    def architecture(self) -> str:
        """The instruction set of the functions."""
        return self.value("architecture")

    def plan_options(self) -> dict[str, str]:
        """Return the option that names the tfvars file and, in a pipeline, how long to wait for the state's lock."""
        return {"var_file": str(self.values_file), **self.apply_options()}

    def apply_options(self) -> dict[str, str]:
        """Return, in a pipeline, how long to wait for the state's lock; otherwise nothing."""
        return {"lock_timeout": _LOCK_TIMEOUT} if os.environ.get("CI") else {}

    def require_plannable(self) -> None:
        """Raise UserError if a plan would fail, or would ignore a part of the files.

        It finds a variable that the root does not declare, which Terraform would ignore.
        """
        for mistake in self.variables.mistakes():
            raise UserError(f"{mistake.text}: {mistake.fix}.")

    def root(self) -> TerraformRoot:
        """Return terraform/cloud, initialised, with the tenant's signing keys; see Environment."""
        variables = {}
        if self.signing_algorithm == "RS256":
            variables["jwks"] = fetch_jwks(self.issuer)
        if self.flag("manage_tenant_look"):
            with ManagementApi(tenant_url(os.environ), os.environ) as api:
                variables["tenant_look_before"] = json.dumps(tenant_look.read(api))
        root = self._root(variables)
        root.init(self.backend())
        return root

    def planned_root(self) -> TerraformRoot:
        """Return terraform/cloud as `make plan` left it; see Environment."""
        return self._root({})

    def _root(self, variables: Mapping[str, str]) -> TerraformRoot:
        return TerraformRoot(
            directory=CLOUD,
            data_directory=_WORK / self.name,
            log=_WORK / f"{self.name}.log",
            environment={
                **child_environment.for_terraform(child_environment.ACCOUNT),
                "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(_WORK / "terraform.tfrc")),
                **{f"{PREFIX}{name}": value for name, value in {**self.fixed, **variables}.items()},
            },
        )

    def value(self, variable: str) -> str:
        """Return the value of a text variable; raises UserError if it has none."""
        value = self.variables.get(variable)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)  # as Terraform converts it
        if not isinstance(value, str):
            raise UserError(f"{self.values_file.name} has no {variable}; add it, as the other environments do.")
        return value

    @property
    def issuer(self) -> str:
        """The `iss` of the tenant's tokens, from the tfvars file; raises UserError if it is missing."""
        issuer = self.texts_in("tokens").get("issuer")
        if issuer is None:
            raise UserError(f'{self.values_file.name} has no issuer: tokens = {{ issuer = "https://<tenant>/" }}.')
        return issuer

    @property
    def signing_algorithm(self) -> str:
        """The algorithm of the tenant's access tokens, `RS256` unless the tfvars file names another."""
        return self.texts_in("tokens").get("signing_algorithm", settings.API_SIGNING_ALGORITHMS[0])

    @property
    def existing_api_id(self) -> str | None:
        """The id of the tenant's API that Terraform takes over, None if it takes over none."""
        found = self.variables.get("existing_api_id")
        return found if isinstance(found, str) else None

    def flag(self, variable: str) -> bool:
        """Return the value of a boolean variable."""
        return self.variables.flag(variable)

    def names_in(self, variable: str) -> list[str]:
        """Return the items of a list variable, or the keys of a map variable; empty if it is not set."""
        value = self.variables.get(variable)
        return [str(name) for name in value] if isinstance(value, list | dict) else []

    def texts_in(self, variable: str) -> dict[str, str]:
        """Return the values of a map of strings; empty if it is not set."""
        value = self.variables.get(variable)
        return {name: str(one) for name, one in value.items() if one is not None} if isinstance(value, dict) else {}

    def backend(self) -> dict[str, str]:
        """Return the settings of the state's backend."""
        return {name: str(value) for name, value in read(self.backend_file).items()}


@dataclass(frozen=True)
class PreviewEnvironment(CloudEnvironment):
    """A preview of a pull request, `pull<number>`. `pull*` means all previews; only its names can be used."""

    def require_plannable(self) -> None:
        """Raise UserError as for any environment in the cloud, and with HS256, where each preview needs a secret."""
        super().require_plannable()
        if self.signing_algorithm != settings.API_SIGNING_ALGORITHMS[0]:
            raise UserError(
                f"a preview makes an API of its own, which signs with RS256: remove signing_algorithm from "
                f"{self.values_file.name}."
            )

    @property
    def number(self) -> str:
        """The number of the pull request."""
        return self.name.removeprefix(_PULL)

    @property
    def values_file(self) -> Path:
        """The tfvars file of all previews."""
        return CLOUD / f"{_PREVIEWS}.tfvars"

    @property
    def backend_file(self) -> Path:
        """The backend file of all previews; the number replaces the `*` in its key."""
        return CLOUD / f"{_PREVIEWS}.s3.tfbackend"

    @property
    def audience(self) -> str:
        """The identifier of the preview's own API: that of access.yaml with the preview's name."""
        return f"{load_access(ROOT / 'auth0' / 'access.yaml')['audience']}/{self.name}"

    @property
    def name_on_github(self) -> str:
        """The environment on GitHub that all previews share."""
        return _PREVIEWS

    @property
    def fixed(self) -> dict[str, str]:
        """The two values in which previews differ."""
        return {"environment": self.name, "preview": json.dumps({"audience": self.audience})}

    def backend(self) -> dict[str, str]:
        """Return the settings of the state's backend, with the preview's own key.

        Raises:
            UserError: the key has no `*` for the number, so two previews would share a state.
        """
        shared = super().backend()
        key = shared.get("key", "")
        if key.count(_ANY_NUMBER) != 1:
            raise UserError(
                f'{self.backend_file.name}: write the key with one * for the number, such as "gatehouse/pull*.tfstate".'
            )
        return {**shared, "key": key.replace(_ANY_NUMBER, self.number)}


def build_for(environment: Environment) -> None:
    """Build what the environment deploys; raises what `build` raises."""
    build(environment.architecture, audience=environment.audience)


def preview(number: str) -> PreviewEnvironment:
    """Return the preview of the pull request with this number."""
    return PreviewEnvironment(f"{_PULL}{number}")


def all_previews() -> PreviewEnvironment:
    """Return the pattern of all previews: its names and its key have `*` instead of the number."""
    return preview(_ANY_NUMBER)


def is_preview(name: str) -> bool:
    """Return whether a name is that of a preview."""
    return bool(_PREVIEW.fullmatch(name))


def names() -> list[str]:
    """Return the names of all environments, without previews."""
    return [LOCAL, *sorted(path.stem for path in _SETTINGS.glob("*.tfvars"))]


def parser(verb: str, description: str | None, *, default: str = "") -> argparse.ArgumentParser:
    """Return the command line of a verb that takes an environment.

    `description` is the module's docstring; `default` is the environment that the verb uses without a name.
    """
    made = command_line.parser(verb, description)
    otherwise = f"; {default} by default" if default else ""
    made.add_argument("environment", nargs="?", help=f"one of: {', '.join(names())}, pull<number>{otherwise}")
    return made


def find_cloud(name: str | None, *, for_local: str) -> CloudEnvironment:
    """Return the environment called `name`.

    Raises:
        UserError: as `find` raises it; or with the text `for_local` if the name is that of the local system.
    """
    environment = find(name)
    if not isinstance(environment, CloudEnvironment):
        raise UserError(for_local)
    return environment


def find(name: str | None) -> Environment:
    """Return the environment called `name`.

    Raises:
        UserError: there is no name or no such environment, or its file names another environment.
    """
    choice = ", ".join(names())
    if not name:
        raise UserError(f"say which environment: ENV=<one of {choice}>.")
    if is_preview(name):
        return PreviewEnvironment(name)
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f" did you mean {near[0]}?" if near else ""
        raise UserError(f"there is no environment '{name}';{hint} there are: {choice}.")
    if name == LOCAL:
        return LocalEnvironment()
    environment = CloudEnvironment(name)
    if (said := environment.value("environment")) != name:
        raise UserError(f'{name}.tfvars has environment = "{said}"; write "{name}", or rename the file.')
    return environment
