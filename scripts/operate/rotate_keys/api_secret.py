"""The HS256 secret, with which the tenant signs access tokens and the authorizer verifies them.

The parameter in AWS holds one secret; then `old` and `new`, both accepted; then `new` and `old`, once the tenant signs
with the new one; then `new` alone. The authorizer's variable SIGNING_SECRET_VERSION names the secrets that the
parameter held when the containers last started anew. The two together show the progress of a rotation.
"""

import enum
import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from scripts import confirmation, deployed, republish, signing_secret, tenant_api
from scripts.console import detail, step
from scripts.deployed import ALONE, LIVE, Deployed
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.operate import logs
from scripts.operate.doctor.target import Target
from scripts.operate.revoke import switch
from scripts.operate.rotate_keys.rotation import SPREADING_SECONDS, Rotation, wait
from scripts.operate.rotate_keys.signing_key import accepted_seconds
from scripts.signing_secret import Parameter

_VERSION = "SIGNING_SECRET_VERSION"  # a variable of the authorizer; a new value starts containers that read the secret
_JOINT = "+"


class _Stage(enum.Enum):
    """How far a rotation is."""

    SETTLED = enum.auto()
    BOTH_STORED = enum.auto()
    """The parameter has the old and the new secret; the tenant may sign with either."""
    NEW_SIGNS = enum.auto()
    OLD_REMOVED = enum.auto()
    """The parameter has the new secret alone; a container may still know the old one."""


def rotate(rotation: Rotation) -> None:
    """Accept both secrets, let the tenant sign with the new one, wait, and refuse the old one.

    With SURE=yes it does not wait: a stolen secret has to be refused at once.
    """
    environment, tenant = rotation.environment, rotation.tenant
    if tenant.api_signing_algorithm != "HS256":
        raise UserError(f"the tenant of {environment.name} signs with RS256, without a secret: use WHAT=signing-key.")
    target, at_once = deployed.find(environment), rotation.shell.get("SURE") == "yes"
    with ManagementApi(tenant.tenant_url, tenant.shell) as api:
        step(f"Reading the secret of {target.name}")
        server = _server(api, tenant)
        parameter = Parameter(target.client("ssm"), target.name)
        secrets, written = parameter.read()
        if not secrets:
            raise UserError(
                f"there is no parameter {parameter.name}: run `make secret ENV={environment.name} NAME=api`."
            )
        accepted = None if at_once else accepted_seconds(api, target)
        stage = _stage(secrets, switch.settings(target).get(_VERSION, ""))
        _say(stage, written, accepted)
        if rotation.dry_run:
            return
        confirmation.require_name(environment.name, rotation.confirmed, to="rotate the secret of the APIs' tokens")
        if stage is _Stage.SETTLED:
            step("Letting the authorizer accept both secrets")
            parameter.write(secrets := [secrets[0], signing_secret.make()])
        if stage in {_Stage.SETTLED, _Stage.BOTH_STORED}:
            _start_containers(target, secrets)
            api.send("PATCH", f"resource-servers/{server['id']}", body={"signing_secret": secrets[1]})
            parameter.write(secrets := secrets[::-1])
            step("The tenant signs with the new secret")
    if len(secrets) > 1:
        _, written = parameter.read()
        if accepted is not None:
            wait(written + accepted + SPREADING_SECONDS, "until every token of the previous secret has expired")
        step("Refusing the previous secret")
        parameter.write(secrets := secrets[:1])
    _start_containers(target, secrets)
    switch.forget_decisions(target)
    step("Tokens of the previous secret are refused from now on")


def _server(api: ManagementApi, tenant: Target) -> Mapping[str, Any]:
    """Return the tenant's API; raise UserError where it has none that signs with HS256."""
    server = tenant_api.find(api, tenant.access["audience"])
    if server is None or server["signing_alg"] != "HS256":
        found = "has no such API" if server is None else f"signs its tokens with {server['signing_alg']}"
        raise UserError(
            f"nothing to rotate: {tenant.issuer} {found} ({tenant.access['audience']}); "
            f"`make secret ENV={tenant.name} NAME=api` makes it."
        )
    return server


def _stage(secrets: Sequence[str], version: str) -> _Stage:
    """Return how far a rotation is; `version` is the authorizer's SIGNING_SECRET_VERSION."""
    if len(secrets) == 1:
        return _Stage.OLD_REMOVED if _JOINT in version else _Stage.SETTLED
    return _Stage.NEW_SIGNS if version == _version(secrets[::-1]) else _Stage.BOTH_STORED


def _say(stage: _Stage, written: float, accepted: float | None) -> None:
    """Say what happens; `accepted`: how long a token of the old secret counts (seconds), None for no longer."""
    if stage is not _Stage.SETTLED:
        detail("a rotation was interrupted; this one goes on")
    if accepted is None:
        detail("the old secret is refused at once, and with it every access token of today")
    elif stage is _Stage.OLD_REMOVED:
        detail("the authorizer starts anew, and refuses the old secret then")
    elif stage is _Stage.NEW_SIGNS:
        ends = written + accepted + SPREADING_SECONDS
        detail(f"the tenant signs with the new secret since {logs.shown(written)}")
        detail(f"the old one is refused at {logs.shown(ends)}, when its last access token has ended")
    else:
        detail("the authorizer accepts both secrets, then the tenant signs with the new one")
        detail(
            f"{accepted + SPREADING_SECONDS:.0f} s later, when its last access token has ended, the old one is refused"
        )
    detail("after an interruption the same command goes on and loses nothing")


def _start_containers(target: Deployed, secrets: Sequence[str]) -> None:
    """Publish an authorizer version whose containers read the parameter again, and wait until all hosts use it."""
    republish.restore_newest(target, target.authorizer)
    newest, live = republish.settled(target, target.authorizer), target.configuration(LIVE)
    if newest["CodeSha256"] != live["CodeSha256"]:
        raise OperationError(
            f"other code of {target.authorizer} answers than was deployed last, after a rollback: run `make plan` and "
            "`make apply`, then this command again."
        )
    variables = republish.variables(newest) | {_VERSION: _version(secrets)}
    target.functions.update_function_configuration(
        FunctionName=target.authorizer, Environment={"Variables": variables}, RevisionId=newest["RevisionId"]
    )
    version = republish.publish(target, republish.settled(target, target.authorizer))
    moved: Any = target.functions.update_alias(
        FunctionName=target.authorizer, Name=LIVE, FunctionVersion=version, RoutingConfig=ALONE
    )
    detail(f"version {moved['FunctionVersion']} of {target.authorizer} answers")
    wait(time.time() + SPREADING_SECONDS, "until every host of Lambda knows")


def _version(secrets: Sequence[str]) -> str:
    """Return a text that changes with the secrets: 28 bits of the hash of each, which help nobody to guess it.

    Any token allows as many guesses as anybody wants (docs/decisions/0016).
    """
    return _JOINT.join(str(int(hashlib.sha256(secret.encode()).hexdigest()[:7], 16)) for secret in secrets)
