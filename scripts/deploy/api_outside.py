"""Checks before a plan that the tenant's API and Terraform's state fit the environment's algorithm.

With RS256 Terraform declares the API. With HS256 it declares neither the API nor the parameter with its secret, because
it would write the secret into its state; `make secret NAME=api` makes both
(docs/decisions/0037-the-hs256-api-outside-terraform.md).
"""

import os
import re

from scripts import tenant_api
from scripts.build.data_files import load_access
from scripts.environments import CloudEnvironment, is_preview
from scripts.errors import UserError
from scripts.management_api import ManagementApi, tenant_url
from scripts.signing_secret import Parameter
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT

_HS256 = "HS256"
_API = r"module\.auth0\.auth0_resource_server\.apis(\[0\])?"
_PARAMETER = r"module\.stack\.aws_ssm_parameter\.signing_secret(\[0\])?"


def undeclared_with_hs256(root: TerraformRoot) -> list[str]:
    """Return the addresses in the state that Terraform no longer declares with HS256: the API's, the parameter's."""
    return [address for address in root.addresses() if re.fullmatch(f"{_API}|{_PARAMETER}", address)]


def require_fitting(environment: CloudEnvironment, root: TerraformRoot, parameter: Parameter) -> None:
    """Raise UserError where a plan would delete the API, could not create it, or would deploy without its secret.

    It asks the tenant only where the state leaves a question open.

    Raises:
        ManagementError: the tenant does not answer.
    """
    managed = undeclared_with_hs256(root)
    if environment.signing_algorithm == _HS256:
        _require_forgotten(managed, environment.name)
        _require_made(environment, parameter)
    elif not any(re.fullmatch(_API, address) for address in managed):
        _require_not_in_the_way(environment)


def _require_forgotten(managed: list[str], environment: str) -> None:
    if managed:
        raise UserError(
            f"nothing was planned, because the plan would delete {' and '.join(managed)}, which Terraform no longer "
            f"declares with HS256. Run `make forget ENV={environment} NAME=api`, which removes them from the state and "
            "keeps the API and its secret; then plan again."
        )


def _require_made(environment: CloudEnvironment, parameter: Parameter) -> None:
    audience, found = _found(environment)
    if found is None:
        problem = f"the tenant has no API {audience}"
    elif found[1] != _HS256:
        problem = f"the tenant signs the tokens of {audience} with {found[1]}, and {environment.name} uses {_HS256}"
    elif not parameter.exists():
        problem = f"there is no parameter {parameter.name}, from which the authorizer reads the secret"
    else:
        return
    raise UserError(f"nothing was planned: {problem}. Run `make secret ENV={environment.name} NAME=api` first.")


def _require_not_in_the_way(environment: CloudEnvironment) -> None:
    if environment.existing_api_id:
        return
    audience, found = _found(environment)
    if found is None:
        return
    take_over = (
        ""
        if is_preview(environment.name)
        else f'; else write existing_api_id = "{found[0]}" into {environment.values_file.name}'
    )
    raise UserError(
        f"nothing was planned: the tenant already has the API {audience} ({found[0]}), so Auth0 would refuse to create "
        f"it (409). If an interrupted apply made it, run `make recover ENV={environment.name}`{take_over}."
    )


def _found(environment: CloudEnvironment) -> tuple[str, tuple[str, str] | None]:
    """Return the environment's audience, and the id and the algorithm of the tenant's API; None if it has none."""
    audience = environment.audience or str(load_access(ROOT / "auth0" / "access.yaml")["audience"])
    with ManagementApi(tenant_url(os.environ), os.environ) as api:
        found = tenant_api.find(api, audience)
    return audience, (str(found["id"]), str(found["signing_alg"])) if found else None
