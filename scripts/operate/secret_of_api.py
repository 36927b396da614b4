"""`make secret ENV=<environment> NAME=api`: make our API in the tenant, with HS256, outside Terraform.

The API gets the settings that Terraform would declare, and a secret from the operating system's randomness. The secret
goes to the tenant and to the parameter that the authorizer reads, and nowhere else. An API that exists with HS256 keeps
its secret.
"""

from collections.abc import Mapping
from typing import Any

from scripts import confirmation, signing_secret, tenant_api
from scripts.console import detail, step
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.operate.doctor.target import Target
from scripts.signing_secret import Parameter

NAME = "api"
_ALGORITHM = "HS256"


def set_up(target: Target, parameter: Parameter, *, confirmed: str = "", dry_run: bool = False) -> None:
    """Make the tenant's API, or bring it to the declared settings, and let the parameter have its secret.

    After an interruption, the same call goes on.

    Raises:
        UserError: the environment uses RS256, the credentials lack a scope, the API's secret is weak, or nobody agrees.
        ManagementError: the tenant refuses, or does not answer.
    """
    if target.api_signing_algorithm != _ALGORITHM:
        raise UserError(
            f"{target.name} uses RS256, which needs no secret; only with signing_algorithm = "
            f'"{_ALGORITHM}" in `tokens` does `make secret` make the API.'
        )
    wanted = tenant_api.declared(target.access, _ALGORITHM)
    with ManagementApi(target.tenant_url, target.shell) as api:
        step(f"Reading the API {wanted['identifier']} of {target.issuer}")
        api.require_scopes(tenant_api.SCOPES, "those of Terraform's application, or a token in AUTH0_API_TOKEN.")
        found = tenant_api.find(api, wanted["identifier"])
        stored, _ = parameter.read()
        secret = _secret(found, stored)
        changed = tenant_api.differences(found or {}, wanted)
        is_stored = secret in stored
        _say(found, changed, parameter.name, stored, secret)
        if dry_run or (found and not changed and is_stored):
            return
        confirmation.require_name(target.name, confirmed, to=_purpose(found, changed))
        if not is_stored:
            parameter.write([secret])
        _send(api, found, changed, secret)
        _require_kept(tenant_api.find(api, wanted["identifier"]), wanted)
    step(f"{target.name} has its API, and the authorizer's parameter has the secret")
    detail(f"next: `make plan ENV={target.name}` and `make apply ENV={target.name}`")


def _secret(found: Mapping[str, Any] | None, stored: list[str]) -> str:
    """Return the secret with which the API signs or will sign: the tenant's, else the stored one, else a new one."""
    if found is None or found["signing_alg"] != _ALGORITHM:
        return stored[0] if stored else signing_secret.make()
    secret = str(found.get("signing_secret") or "")
    if weakness := signing_secret.problem(secret) if secret else "is not shown by the tenant":
        raise UserError(
            f"the API's secret {weakness}; set one from `openssl rand -base64 48` at Auth0 > Applications > APIs, "
            "then run this again."
        )
    return secret


def _say(
    found: Mapping[str, Any] | None, changed: Mapping[str, Any], parameter: str, stored: list[str], secret: str
) -> None:
    if found is None:
        detail("the tenant has no such API: it gets one, with the settings that Terraform would declare")
    elif found["signing_alg"] != _ALGORITHM:
        detail(f"the API signs with {found['signing_alg']}: it gets {_ALGORITHM} and a secret")
        detail("from then on the APIs refuse its new tokens until `make apply` has deployed the authorizer for HS256")
    else:
        detail("the tenant has the API, and keeps its secret")
    for name, value in sorted(changed.items()) if found else ():
        detail(f"{name}: {value}, in place of {found.get(name) if found else None}")
    detail(f"{parameter} {'has the secret already' if secret in stored else 'gets the secret, encrypted'}")
    if stored and secret not in stored:
        detail("it has another one now, with which the authorizer refuses every token, and goes on for an hour at most")


def _purpose(found: Mapping[str, Any] | None, changed: Mapping[str, Any]) -> str:
    if found is None:
        return "make the API"
    return "change the API" if changed else "store the API's secret"


def _send(api: ManagementApi, found: Mapping[str, Any] | None, changed: Mapping[str, Any], secret: str) -> None:
    if found is None:
        api.send("POST", "resource-servers", body={**changed, "signing_secret": secret})
    elif changed:
        key = {"signing_secret": secret} if "signing_alg" in changed else {}
        api.send("PATCH", f"resource-servers/{found['id']}", body={**changed, **key})


def _require_kept(kept: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> None:
    if lost := sorted(tenant_api.differences(kept or {}, wanted)):
        raise OperationError(f"the tenant did not keep {', '.join(lost)} of the API; look at it in the dashboard.")
