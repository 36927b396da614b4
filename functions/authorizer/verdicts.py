"""The verdict on a grant: the operations of the API that it opens, and why it opens no others. Pure."""

from functools import lru_cache
from typing import NamedTuple

from authorizer import decision_log, policy
from authorizer.access import CONNECTION, Grant
from authorizer.access_model import AccessModel, Operation
from authorizer.errors import (
    GRANTED,
    GRANTED_IN_PART,
    INSUFFICIENT_SCOPE,
    UNKNOWN_CLIENT,
    UNKNOWN_CONNECTION,
    UnknownApiError,
)

KEPT_VERDICTS = 4_096
LISTED_CHARACTERS = 300  # a sentence that lists more scopes counts them instead


class Verdict(NamedTuple):
    """The decision about a good token, without its `sub` and its end."""

    statements: policy.Statements
    context: dict[str, str]  # for the functions and the 403 answer's template; docs/authorizer-context.md
    outcome: str  # for the log, made by decision_log


class Judge:
    """Makes verdicts and caches them: there are few grants and few APIs, and a verdict on them never changes."""

    def __init__(self, access_model: AccessModel) -> None:
        """Take the access model."""
        self._operations: dict[str, list[Operation]] = {}
        for operation in access_model.operations:
            self._operations.setdefault(operation.path[0], []).append(operation)
        self._table = lru_cache(maxsize=None)(self._prepare)
        self.verdict = lru_cache(maxsize=KEPT_VERDICTS)(self._verdict)

    def _verdict(self, target: policy.Target, grant: Grant) -> Verdict:
        """Return the verdict on a grant for one API; raises UnknownApiError."""
        operations = self._operations.get(target.api)
        if operations is None:
            raise UnknownApiError(target.api)
        opened = policy.resources(self._table(target.api), grant.scopes)
        reason = _reason(grant, opened)
        needed = {scope for operation in operations for scopes in operation.any_of for scope in scopes}
        scopes = sorted(grant.scopes & needed)
        context = {
            "scope": " ".join(scopes),
            "connection": grant.name if grant.kind == CONNECTION else "",
            "reason": _sentence(grant),
            "reason_code": reason,
        }
        outcome = decision_log.decided(
            "allow" if opened.allowed else "deny",
            reason,
            {grant.kind: grant.name or None, "scopes": scopes, "api": target.api_id, "stage": target.stage},
        )
        return Verdict(policy.statements(target.stage_arn, opened), context, outcome)

    def _prepare(self, api: str) -> policy.Table:
        return policy.prepare(self._operations[api])


def _reason(grant: Grant, opened: policy.Resources) -> str:
    if not grant.name:
        return UNKNOWN_CONNECTION if grant.kind == CONNECTION else UNKNOWN_CLIENT
    if not opened.allowed:
        return INSUFFICIENT_SCOPE
    return GRANTED if opened.is_everything else GRANTED_IN_PART


def _sentence(grant: Grant) -> str:
    """Return a sentence about the token's scopes, for a caller who is refused an operation."""
    is_user = grant.kind == CONNECTION
    whose = "connection" if is_user else "application"
    if not grant.name:
        return f"This token's {whose} grants no access."
    if not grant.scopes:
        return f"This token grants none of the scopes that the {whose} {grant.name} may have."
    listed = " ".join(sorted(grant.scopes))
    if len(listed) > LISTED_CHARACTERS:
        listed = f"{len(grant.scopes)} other scopes"
    return f"This sign-in grants {listed} only." if is_user else f"This application is granted {listed} only."
