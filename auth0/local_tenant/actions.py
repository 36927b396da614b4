"""Runs the deployed Actions of the post-login trigger and applies what they ask for.

https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
"""

from dataclasses import dataclass, field
from typing import Any

from local_tenant.action_process import ActionProcess
from local_tenant.errors import LoginError
from local_tenant.store import Document, Store

# Claims that Auth0 does not let an Action change; it drops such a claim silently.
# https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
# fmt: off
_RESERVED_CLAIMS = frozenset({
    "acr", "act", "active", "amr", "at_hash", "ath", "attest", "aud", "auth_time", "authorization_details", "azp",
    "c_hash", "client_id", "cnf", "cty", "dest", "entitlements", "events", "exp", "groups", "gty", "htm", "htu",
    "iat", "internalService", "iss", "jcard", "jku", "jti", "jwe", "jwk", "kid", "may_act", "mky", "nbf", "nonce",
    "object_id", "org_id", "org_name", "orig", "orig_iat", "origid", "permissions", "roles", "rph", "s_hash",
    "scope", "sid", "sip_callid", "sip_cseq_num", "sip_date", "sip_from_tag", "sip_via_branch", "sub", "sub_jwk",
    "toe", "txn", "typ", "uuid", "vot", "vtm", "x5t#S256",
})
# fmt: on


@dataclass
class Outcome:
    """What the tokens of this login will say, as it stands after the Actions run so far."""

    scopes: list[str]
    access_claims: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)

    def apply(self, method: str, arguments: list[Any]) -> None:
        """Carry out one call of the Action's `api`; raise LoginError(access_denied) for `api.access.deny`."""
        match method, arguments:
            case "accessToken.addScope", [str(scope), *_]:
                if scope not in self.scopes:
                    self.scopes.append(scope)
            case "accessToken.removeScope", [str(scope), *_]:
                self.scopes = [each for each in self.scopes if each != scope]
            case "accessToken.setCustomClaim", [str(name), value, *_]:
                _set_claim(self.access_claims, name, value)
            case "idToken.setCustomClaim", [str(name), value, *_]:
                _set_claim(self.id_claims, name, value)
            case "access.deny", _:
                raise LoginError("access_denied", str(arguments[-1]) if arguments else "Access denied.")
            case _:
                raise LoginError("access_denied", f"api.{method} was called with unusable arguments.")


async def run_post_login(store: Store, process: ActionProcess, event: dict[str, Any], scopes: list[str]) -> Outcome:
    """Run every bound and deployed Action in its order; raise LoginError when one denies, throws or takes too long.

    An error of the Action ends the login as `access_denied` with the error's text, as in Auth0.
    https://support.auth0.com/center/s/article/troubleshooting-the-access-denied-error
    """
    outcome = Outcome(list(scopes))
    for version in bound_versions(store, "post-login"):
        secrets = {secret["name"]: secret["value"] for secret in version["secrets"]}
        for method, *arguments in await process.execute(version["code"], {**event, "secrets": secrets}):
            outcome.apply(method, arguments)
    return outcome


def bound_versions(store: Store, trigger: str) -> list[Document]:
    """Return the deployed version of each Action bound to a trigger, in order: the draft never runs."""
    binding = store.bindings.get(trigger) or {"bindings": []}
    actions = [store.actions.get(row["action_id"]) for row in binding["bindings"]]
    return [action["deployed_version"] for action in actions if action and action.get("deployed_version")]


def _set_claim(claims: dict[str, Any], name: str, value: object) -> None:
    if name not in _RESERVED_CLAIMS:
        claims[name] = value
