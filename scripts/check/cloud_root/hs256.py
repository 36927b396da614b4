"""Lets the environment change to HS256 and back, with the API outside Terraform in between, as the verbs do it.

tests/unit/scripts/operate/test_secret_of_api.py tries `make secret` itself, and test_forget.py `make forget`.
"""

from collections.abc import Mapping
from typing import Any

from scripts import signing_secret, tenant_api
from scripts.check.cloud_root import secret_search
from scripts.check.cloud_root.sandbox import TRIAL, Sandbox
from scripts.check.cloud_root.tenant import Tenant
from scripts.errors import OperationError
from scripts.project_name import PROJECT
from scripts.signing_secret import Parameter
from scripts.terraform_root import TerraformRoot

_API = "module.auth0.auth0_resource_server.apis[0]"


def take_out(root: TerraformRoot, sandbox: Sandbox, tenant: Tenant) -> str:
    """Let Terraform forget the API, and give it HS256 and a secret, which the parameter gets too; return the secret."""
    root.forget(_API)
    secret = signing_secret.make()
    _parameter(sandbox).write([secret])
    declared = tenant_api.declared(sandbox.declaration().access, "HS256")
    found = _found(tenant, declared["identifier"])
    body = {**tenant_api.differences(found, declared), "signing_secret": secret}
    tenant.api.send("PATCH", f"resource-servers/{found['id']}", body=body)
    return secret


def require_outside(
    root: TerraformRoot, sandbox: Sandbox, tenant: Tenant, secret: str, values: Mapping[str, object]
) -> None:
    """Raise OperationError where Terraform manages the API, has changed its settings, or has its secret anywhere."""
    if _API in root.addresses():
        raise OperationError("Terraform manages the API with HS256")
    declared = tenant_api.declared(sandbox.declaration().access, "HS256")
    found = _found(tenant, declared["identifier"])
    if changed := tenant_api.differences(found, {**declared, "signing_secret": secret}):
        raise OperationError(f"Terraform has changed {', '.join(sorted(changed))} of the API")
    if [secret] != _parameter(sandbox).read()[0]:
        raise OperationError("Terraform has changed the parameter with the secret")
    plan_file = sandbox.directory / "second.tfplan"
    secret_search.require_absent(
        root, plan_file, values, {"the secret of HS256": secret}, "auth0_resource_server_scopes"
    )


def take_back(sandbox: Sandbox, tenant: Tenant) -> None:
    """Let the environment take the API over again, and delete the parameter."""
    audience = sandbox.declaration().access["audience"]
    sandbox.always["existing_api_id"] = _found(tenant, audience)["id"]
    _parameter(sandbox).delete()


def _found(tenant: Tenant, audience: str) -> dict[str, Any]:
    if (found := tenant_api.find(tenant.api, audience)) is None:
        raise OperationError(f"the tenant has no API {audience}")
    return found


def _parameter(sandbox: Sandbox) -> Parameter:
    client = sandbox.session().client("ssm", endpoint_url=sandbox.settings.aws_url)
    return Parameter(client, f"{PROJECT}-{TRIAL}")
