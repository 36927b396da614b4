"""Runs the deployed Actions of the post-login trigger, and applies their calls of `api`.

https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
"""

from dataclasses import dataclass, field
from typing import Any

from local.tenant.action_process import ActionProcess, Run
from local.tenant.errors import LoginError
from local.tenant.login.action_event import REFRESH_PROTOCOL
from local.tenant.store import Document, Store
from local.tenant.tenant_log import TenantLog, without_tokens

# Auth0 silently drops these claims if an Action sets them.
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
    """The scopes, claims and user changes of a login, after the Actions that have run so far."""

    scopes: list[str]
    access_claims: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)
    user_changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    denial: str | None = None

    def apply(self, method: str, arguments: list[Any]) -> None:
        """Apply one call of the Action's `api`; raise LoginError(access_denied) if its arguments are unusable."""
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
            case "user.setAppMetadata" | "user.setUserMetadata", [str(name), value, *_]:
                kind = "app_metadata" if method == "user.setAppMetadata" else "user_metadata"
                self.user_changes.setdefault(kind, {})[name] = value
            case "access.deny", [*_]:
                self.denial = str(arguments[-1]) if arguments and arguments[-1] is not None else "Access denied."
            case _:
                raise LoginError("access_denied", f"api.{method} was called with unusable arguments.")


async def run_post_login(
    store: Store, process: ActionProcess, log: TenantLog, event: dict[str, Any], scopes: list[str]
) -> Outcome:
    """Run every bound and deployed Action in order; raise LoginError if one denies, throws or takes too long.

    As in Auth0, an error in an Action ends the login as `access_denied` with the error's text, and no call of any
    Action takes effect. A denial ends the login after its Action; changes of the user's metadata stay.
    https://support.auth0.com/center/s/article/troubleshooting-the-access-denied-error
    """
    bound = bound_actions(store, "post-login")
    secret_values = tuple(value for action in bound for value in _secrets(action).values())
    refreshing = event["transaction"]["protocol"] == REFRESH_PROTOCOL
    try:
        outcome = await _run(bound, process, log, event, scopes)
        _settle(store, event["user"]["user_id"], outcome)
    except LoginError as error:
        refusal = without_tokens(error.description, secret_values)
        log.add("fertft" if refreshing else "f", refusal, **_who(event))
        raise
    log.add("sertft" if refreshing else "s", "Refresh" if refreshing else "Login", **_who(event))
    return outcome


async def _run(
    bound: list[Document], process: ActionProcess, log: TenantLog, event: dict[str, Any], scopes: list[str]
) -> Outcome:
    outcome = Outcome(list(scopes))
    actions = [{"code": action["deployed_version"]["code"], "secrets": _secrets(action)} for action in bound]
    runs = await process.execute(actions, event) if actions else []
    for action, run in zip(bound, runs, strict=False):  # after an error or a denial there are fewer runs
        _tell(log, action, run)
        if run.error is not None:
            raise LoginError("access_denied", run.error)
        for method, *arguments in run.commands:
            outcome.apply(method, arguments)
    return outcome


def bound_actions(store: Store, trigger: str) -> list[Document]:
    """Return the Actions that are bound to a trigger and have a deployed version, in order; a draft never runs."""
    binding = store.bindings.get(trigger) or {"bindings": []}
    actions = [store.actions.get(row["action_id"]) for row in binding["bindings"]]
    return [action for action in actions if action and action.get("deployed_version")]


def _secrets(action: Document) -> dict[str, str]:
    return {secret["name"]: secret["value"] for secret in action["deployed_version"]["secrets"]}


def _who(event: dict[str, Any]) -> dict[str, str]:
    return {
        "client_id": event["client"]["client_id"],
        "client_name": event["client"]["name"],
        "connection": event["connection"]["name"],
        "strategy": event["connection"]["strategy"],
        "user_id": event["user"]["user_id"],
    }


def _tell(log: TenantLog, action: Document, run: Run) -> None:
    values = tuple(_secrets(action).values())
    for level, text in run.console:
        log.add("action_console", without_tokens(text, values), action=action["name"], level=level)
    if run.error is not None:
        log.add("action_error", without_tokens(run.error, values), action=action["name"], level="error")


def _settle(store: Store, user_id: str, outcome: Outcome) -> None:
    """Change the user's metadata as the Actions asked, even after a denial; then raise LoginError for a denial."""
    user = store.users.get(user_id)
    if user is not None and outcome.user_changes:
        for kind, values in outcome.user_changes.items():
            merged = {**user.get(kind, {}), **values}
            user[kind] = {name: value for name, value in merged.items() if value is not None}
        store.users.put(user_id, user)
    if outcome.denial is not None:
        raise LoginError("access_denied", outcome.denial)


def _set_claim(claims: dict[str, Any], name: str, value: object) -> None:
    if name not in _RESERVED_CLAIMS:
        claims[name] = value
