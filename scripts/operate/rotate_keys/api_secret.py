"""The HS256 secret, with which the tenant signs access tokens and the authorizer verifies them.

The parameter in AWS shows the progress of a rotation. It holds one secret; then `old` and `new`, both accepted; then
`new` and `old`, once the tenant signs with the new one; then `new` alone.
"""

import hashlib
import time
from collections.abc import Sequence
from typing import Any

from scripts import confirmation, deployed, republish, signing_secret
from scripts.console import detail, step
from scripts.deployed import ALONE, LIVE, Deployed
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.operate import logs
from scripts.operate.revoke import switch
from scripts.operate.rotate_keys.rotation import SPREADING_SECONDS, Rotation, wait
from scripts.operate.rotate_keys.signing_key import accepted_seconds

_VERSION = "SIGNING_SECRET_VERSION"  # a variable of the authorizer; a new value starts containers that read the secret


def rotate(rotation: Rotation) -> None:
    """Accept both secrets, let the tenant sign with the new one, wait, and refuse the old one."""
    environment, tenant = rotation.environment, rotation.tenant
    if tenant.api_signing_algorithm != "HS256":
        raise UserError(f"the tenant of {environment.name} signs with RS256, without a secret: use WHAT=signing-key.")
    if weakness := signing_secret.problem(rotation.shell):
        raise UserError(f"{weakness.text}; {weakness.fix}. The next `make plan` needs it too.")
    new, target = rotation.shell[signing_secret.VARIABLE], deployed.find(environment)
    with ManagementApi(tenant.tenant_url, tenant.shell) as api:
        step(f"Reading the secret of {target.name}")
        parameter = _Parameter(target)
        secrets, written = parameter.read()
        accepted = accepted_seconds(api, target)
        _say(new, secrets, written, accepted)
        is_done = secrets == [new] and switch.settings(target).get(_VERSION) == _version(new)
        if rotation.dry_run or is_done:
            return
        confirmation.require_name(environment.name, rotation.confirmed, to="rotate the secret of the APIs' tokens")
        if new not in secrets:
            step("Letting the authorizer accept both secrets")
            parameter.write(secrets := [secrets[0], new])
        if secrets[0] != new:
            _start_containers(target, secrets)
            _sign_with(api, tenant.access["audience"], new)
            parameter.write(secrets := [new, secrets[0]])
            step("The tenant signs with the new secret")
    if len(secrets) > 1:
        _, written = parameter.read()
        wait(written + accepted + SPREADING_SECONDS, "until every token of the previous secret has expired")
        step("Refusing the previous secret")
        parameter.write([new])
    _start_containers(target, [new])
    switch.forget_decisions(target)
    step("Tokens of the previous secret are refused from now on")
    detail(f"`make plan ENV={environment.name}` with the same {signing_secret.VARIABLE} tells Terraform about it")


class _Parameter:
    """The parameter that holds one secret, or two."""

    def __init__(self, target: Deployed) -> None:
        arn = switch.settings(target).get("SIGNING_SECRET_ARN", "")
        if ":ssm:" not in arn:
            raise UserError(f"{target.authorizer} reads its secret from {arn or 'nowhere'}: not from a parameter.")
        self._name = arn.split(":parameter", 1)[1]
        self._client = target.client("ssm")

    def read(self) -> tuple[list[str], float]:
        """Return the secrets, and when they were written (Unix, seconds)."""
        found = self._client.get_parameter(Name=self._name, WithDecryption=True)["Parameter"]
        return found["Value"].split("\n"), found["LastModifiedDate"].timestamp()

    def write(self, secrets: Sequence[str]) -> None:
        """Write one secret or two."""
        self._client.put_parameter(Name=self._name, Value="\n".join(secrets), Type="SecureString", Overwrite=True)


def _say(new: str, secrets: list[str], written: float, accepted: float) -> None:
    if secrets == [new]:
        detail("the tenant has this secret already; set another one to rotate")
        return
    if secrets[0] == new:
        ends = written + accepted + SPREADING_SECONDS
        detail(f"a rotation is under way: the tenant signs with the new secret since {logs.shown(written)}")
        detail(f"the old one is refused at {logs.shown(ends)}, when its last access token has ended")
    else:
        detail("the authorizer accepts both secrets, then the tenant signs with the new one")
        detail(
            f"{accepted + SPREADING_SECONDS:.0f} s later, when its last access token has ended, the old one is refused"
        )
    detail("everybody stays signed in; after an interruption the same command goes on and loses nothing")


def _sign_with(api: ManagementApi, audience: str, secret: str) -> None:
    [server] = [one for one in api.rows("resource-servers", "resource_servers") if one["identifier"] == audience]
    api.send("PATCH", f"resource-servers/{server['id']}", body={"signing_secret": secret})


def _start_containers(target: Deployed, secrets: Sequence[str]) -> None:
    """Publish an authorizer version whose containers read the parameter again, and wait until all hosts use it."""
    republish.restore_newest(target, target.authorizer)
    newest, live = republish.settled(target, target.authorizer), target.configuration(LIVE)
    if newest["CodeSha256"] != live["CodeSha256"]:
        raise OperationError(
            f"other code of {target.authorizer} answers than was deployed last, after a rollback: run `make plan` and "
            "`make apply`, then this command again."
        )
    variables = republish.variables(newest) | {_VERSION: "+".join(map(_version, secrets))}
    target.functions.update_function_configuration(
        FunctionName=target.authorizer, Environment={"Variables": variables}, RevisionId=newest["RevisionId"]
    )
    version = republish.publish(target, republish.settled(target, target.authorizer))
    moved: Any = target.functions.update_alias(
        FunctionName=target.authorizer, Name=LIVE, FunctionVersion=version, RoutingConfig=ALONE
    )
    detail(f"version {moved['FunctionVersion']} of {target.authorizer} answers")
    wait(time.time() + SPREADING_SECONDS, "until every host of Lambda knows")


def _version(secret: str) -> str:
    """Return the value that module stack computes for a secret, so that the next plan has nothing to change."""
    return str(int(hashlib.sha256(secret.encode()).hexdigest()[:7], 16))
