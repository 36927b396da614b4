"""Finds the authorizer's decision about a token, and the reasons, with the authorizer's own code."""

import contextlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from authorizer import access, access_model, errors, policy
from authorizer.access_model import AccessModel, Operation
from authorizer.claims import client_of
from authorizer.configuration import ConfigurationError, build_handler, build_verifier, machine_clients
from authorizer.handler import Unauthorized
from authorizer.routing import is_parameter
from authorizer.tokens import Verifier
from scripts.errors import OperationError
from scripts.operate.explain.unverified import Unverified

# Any account and stage will do: a decision depends only on the API, the first segment of the path.
_STAGE_ARN = "arn:aws:execute-api:us-east-1:000000000000:explain/live"


class Route(NamedTuple):
    """One guarded operation: whether the token opens it, and why."""

    name: str  # GET /movies/{id}
    is_allowed: bool
    why: str


@dataclass(frozen=True)
class Verdict:
    """The decision about a token, and its consequence for each route."""

    decision: str  # allow, deny or unauthorized, as in the log
    reason: str
    sentence: str
    value: object  # the value that failed the check; None if nothing failed, or no single value did
    revoked: str | None  # the kind of the entry that revokes it, also if it is refused for another reason
    subject_hash: str | None
    routes: tuple[Route, ...]  # of a refused token: the routes that its unproven claims would open


def decide(settings: Mapping[str, str], access_model_text: str, token: Unverified) -> Verdict:
    """Return the decision of an authorizer with these settings and this access model about a token now.

    Raises:
        OperationError: this checkout's code cannot read them.
    """
    try:
        model = access_model.parse(access_model_text)
        verifier = build_verifier(settings, model, clock=time.time, monotonic=time.monotonic)
        clients = machine_clients(settings, model)
        decision, reason = _asked(settings, access_model_text, token, model)
    except (access_model.AccessModelError, ConfigurationError) as error:
        raise OperationError(
            f"the deployed authorizer is not that of this checkout ({error}); check out the deployed commit."
        ) from error
    value: object = None
    try:
        verifier.verify(token.token)
    except errors.RefusalError as refusal:
        value = refusal.value
    subject = token.text("sub")
    return Verdict(
        decision=decision,
        reason=reason,
        sentence=errors.reasons()[reason],
        value=value,
        revoked=_revoked(verifier, token),
        subject_hash=None if subject is None else verifier.subject_hash(subject),
        routes=tuple(_routes(token.claims, model, clients)) if subject else (),
    )


def _asked(
    settings: Mapping[str, str], access_model_text: str, token: Unverified, model: AccessModel
) -> tuple[str, str]:
    """Ask the handler about one API after the other; return the decision and reason for all of them together."""
    lines: list[str] = []
    handler = build_handler(settings, access_model_text, clock=time.time, monotonic=time.monotonic, log=lines.append)
    answers = set()
    for api in sorted({operation.path[0] for operation in model.operations}):
        event = {"type": "TOKEN", "authorizationToken": f"Bearer {token.token}", "methodArn": f"{_STAGE_ARN}/GET/{api}"}
        with contextlib.suppress(Unauthorized):
            handler(event, None)
        line = json.loads(lines[-1])  # a line about the keys may come first
        answers.add((line["decision"], line["reason"]))
    if len(answers) == 1:
        return answers.pop()
    return "allow", errors.GRANTED_IN_PART  # the token is good for every API, and opens only a part


def _revoked(verifier: Verifier, token: Unverified) -> str | None:
    subject, key_id, client = token.text("sub"), token.header.get("kid"), client_of(dict(token.claims))
    return verifier.revocations.match(
        subject_hash="" if subject is None else verifier.subject_hash(subject),
        client_id=client if isinstance(client, str) else None,
        key_id=key_id if isinstance(key_id, str) else None,
        token_id=token.text("jti"),
        now=time.time(),
    )


def _routes(claims: Mapping[str, Any], model: AccessModel, clients: Mapping[str, str]) -> list[Route]:
    grant = access.grant(claims, model, clients)
    scopes = grant.scopes
    opened = policy.resources(policy.prepare(model.operations), scopes)
    claimed = _claimed(claims, model, clients)
    grantee, granted = _grantee(grant, model)
    routes = []
    for operation in sorted(model.operations, key=lambda operation: (operation.path, operation.method)):
        is_allowed = _is_allowed(operation, opened)
        if is_allowed:
            why = f"has {_worded(next(needed for needed in operation.any_of if needed <= scopes))}"
        else:
            why = _missing(operation, claimed, granted, grantee)
        routes.append(Route(f"{operation.method} /{'/'.join(operation.path)}", is_allowed, why))
    return routes


def _claimed(claims: Mapping[str, Any], model: AccessModel, clients: Mapping[str, str]) -> frozenset[str]:
    """Return those scopes that a token claims and any operation needs."""
    needed = frozenset[str]().union(*(scopes for operation in model.operations for scopes in operation.any_of))
    everything = {str(claims["sub"]).partition("|")[0]: needed}
    machines = dict.fromkeys({*clients.values()}, needed)
    return access.grant(claims, model._replace(connections=everything, machine_clients=machines), clients).scopes


def _grantee(grant: access.Grant, model: AccessModel) -> tuple[str, frozenset[str]]:
    """Return the grantee that a token names, in words, and the scopes that it grants."""
    name, is_machine = grant.name, grant.kind == access.MACHINE_CLIENT
    if not name:
        unknown = "an application that is no machine client" if is_machine else "a connection that is none"
        return f"{unknown} of access.yaml", frozenset()
    if is_machine:
        return f"the machine client {name}", model.machine_clients[name]
    return f"the connection {name}", model.connections[name]


def _missing(operation: Operation, claimed: frozenset[str], granted: frozenset[str], grantee: str) -> str:
    """Return the scopes that a token lacks for an operation, by the alternative with the fewest missing."""
    needed = min(operation.any_of, key=lambda scopes: len(scopes - (claimed & granted)))
    parts = [
        f"the token does not claim {_worded(missing)}" if (missing := needed - claimed) else "",
        f"{grantee} does not grant {_worded(missing)}" if (missing := needed - granted) else "",
    ]
    wanted = " or ".join(sorted(map(_worded, operation.any_of)))
    why = " and ".join(filter(None, parts)) or "it stays closed, because a policy cannot open it alone"
    return f"needs {wanted}: {why}"


def _worded(scopes: frozenset[str]) -> str:
    return " and ".join(sorted(scopes))


def _is_allowed(operation: Operation, opened: policy.Resources) -> bool:
    """Evaluate the policy for a request to an operation: Deny overrides Allow, and `*` matches anything (IAM)."""
    request = "/".join([operation.method, *("~" if is_parameter(part) else part for part in operation.path)])
    matches = [
        any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), request) for pattern in patterns)
        for patterns in (opened.allowed, opened.denied)
    ]
    return matches == [True, False]
