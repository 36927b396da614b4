"""The tenant's signing key: the tenant starts to sign with the next key, and the APIs cease to trust the previous one.

No request fails: every authorizer knows the next key before the tenant signs with it, and trusts the previous key until
the last token that it signed has expired. The tenant itself knows the progress of a rotation. All applications of the
tenant share these keys. The credentials need the scopes read:, create: and update:signing_keys. If a key was stolen,
do not wait: rotate it in the dashboard, then `make revoke KID=... SURE=yes`.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from authorizer.ages import LEEWAY, MAX_AGE_SECONDS
from scripts import confirmation, deployed, jwks, revocation_list
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.operate import logs
from scripts.operate.revoke import switch
from scripts.operate.rotate_keys.rotation import SPREADING_SECONDS, Rotation, wait

_DEFAULT_LIFETIME_SECONDS = 86_400  # Auth0's default for an access token, if the API sets none


@dataclass(frozen=True)
class SigningKeys:
    """The keys that the tenant publishes, by `kid`, and since when the current one signs (Unix time)."""

    current: str
    current_since: float
    next: str
    previous: tuple[str, ...]

    def next_is_known_at(self, deployed_keys: Collection[str]) -> float:
        """Return when every authorizer knows the next key.

        That is now if the authorizer was deployed with it. Otherwise: a container may have fetched the set just before
        the tenant published this key, at the last rotation; it fetches the set again after MAX_AGE_SECONDS.
        """
        return 0 if self.next in deployed_keys else self.current_since + MAX_AGE_SECONDS

    def previous_tokens_end_at(self, accepted_seconds: float) -> float:
        """Return when the last token of a previous key expires; `accepted_seconds`: how long an API accepts a token."""
        return self.current_since + accepted_seconds + SPREADING_SECONDS


def rotate(rotation: Rotation) -> None:
    """Say what will happen, ask, rotate if that is still to do, wait, and revoke the previous keys."""
    environment, tenant = rotation.environment, rotation.tenant
    if tenant.api_signing_algorithm != "RS256":
        raise UserError(
            f"the tenant of {environment.name} signs with {tenant.api_signing_algorithm}: WHAT=api-secret rotates that."
        )
    with ManagementApi(tenant.tenant_url, tenant.shell) as api:
        target = deployed.find(environment)
        step(f"Reading the signing keys of {tenant.issuer}")
        keys, deployed_keys = read_keys(api), switch.known_keys(target)
        accepted = accepted_seconds(api, target)
        _say(keys, accepted, keys.next_is_known_at(deployed_keys))
        if rotation.dry_run:
            return
        confirmation.require_name(
            environment.name, rotation.confirmed, to="rotate the signing keys of every application there"
        )
        if not keys.previous:
            wait(keys.next_is_known_at(deployed_keys), "until every authorizer knows the next key")
            api.send("POST", "keys/signing/rotate")
            keys = read_keys(api)
            step(f"The tenant signs with {keys.current}")
    wait(keys.previous_tokens_end_at(accepted), "until every token of the previous key has expired")
    with ManagementApi(tenant.tenant_url, tenant.shell) as api:  # its token was signed with the current key
        _end_trust(api, target, keys.previous)
    _require_withdrawn(tenant.issuer, keys.previous)
    step(f"Tokens of {', '.join(keys.previous)} are refused from now on")
    detail(f"`make plan ENV={environment.name}` and `make apply` remove the key from the authorizer's settings; until")
    detail("then an entry in the revocation list refuses it, for 30 days")


def accepted_seconds(api: ManagementApi, target: Deployed) -> float:
    """Return how long the APIs accept an access token after its issue, in seconds."""
    return token_lifetime(api) + float(switch.settings(target).get("LEEWAY_SECONDS", LEEWAY.most))


def read_keys(api: ManagementApi) -> SigningKeys:
    """Return the keys that the tenant publishes.

    Raises:
        ManagementError: the tenant does not answer, or the credentials lack read:signing_keys.
    """
    listed = [key for key in api.get("keys/signing") if not key.get("revoked")]
    (current,) = (key for key in listed if key.get("current"))
    (following,) = (key for key in listed if key.get("next"))
    since = current.get("current_since")
    return SigningKeys(
        current["kid"],
        datetime.fromisoformat(since).timestamp() if since else 0,
        following["kid"],
        tuple(key["kid"] for key in listed if key.get("previous")),
    )


def token_lifetime(api: ManagementApi) -> float:
    """Return the longest lifetime of an access token that the tenant issues for any API, in seconds."""
    apis = [api for api in api.rows("resource-servers", "resource_servers") if not api.get("is_system")]
    names = ("token_lifetime", "token_lifetime_for_web")
    return max((float(api.get(name) or _DEFAULT_LIFETIME_SECONDS) for api in apis for name in names), default=0)


def _say(keys: SigningKeys, accepted: float, known_at: float) -> None:
    if keys.previous:
        detail(f"a rotation is under way: {keys.current} signs since {logs.shown(keys.current_since)}")
    else:
        when = f"at {logs.shown(known_at)}, when every authorizer knows it" if known_at > time.time() else "now"
        detail(f"{keys.current} signs since {logs.shown(keys.current_since)}; {keys.next} replaces it {when}")
    ends = keys.previous_tokens_end_at(accepted) if keys.previous else max(known_at, time.time()) + accepted
    old = ", ".join(keys.previous) or keys.current
    detail(f"{old} is revoked at {logs.shown(ends)}, when its last access token has ended ({accepted:.0f} s at most)")
    detail("everybody stays signed in; after an interruption the same command goes on and loses nothing")


def _end_trust(api: ManagementApi, target: Deployed, previous: tuple[str, ...]) -> None:
    """Refuse the keys at the APIs, which would trust them for another hour, then revoke them in the tenant."""
    step(f"Revoking {', '.join(previous)}")
    until = revocation_list.end("kid", None, time.time())
    names = [revocation_list.named("kid", key) for key in previous]
    switch.put_in_force(target, lambda standing: {**standing, **dict.fromkeys(names, until)})
    for key in previous:
        api.send("PUT", f"keys/signing/{key}/revoke")


def _require_withdrawn(issuer: str, previous: tuple[str, ...]) -> None:
    published = jwks.fetch_jwks(issuer)
    if left := [key for key in previous if f'"{key}"' in published]:
        raise OperationError(
            f"{issuer} still publishes {', '.join(left)}; the APIs refuse it already. Run the same command again."
        )
