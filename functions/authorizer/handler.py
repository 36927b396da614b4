"""The four steps of a decision: read the token, verify it, see what it grants, answer as API Gateway wants it."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from authorizer import access, policy
from authorizer.errors import TokenError
from authorizer.jws import bearer_token
from authorizer.rules import Rules

type Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]


class Unauthorized(Exception):  # noqa: N818 - the text, and this name beside it, is what API Gateway's documentation asks for
    """Makes API Gateway answer 401: it compares the error's message with exactly this word. Not cached."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def make_handler(
    verify: Callable[[str], Mapping[str, Any]],
    rules: Rules,
    leeway_seconds: float,
    log: Callable[[dict[str, Any]], None],
    timer: Callable[[], float],
) -> Handler:
    """Return the Lambda handler of a TOKEN authorizer.

    `verify` returns a good token's claims and raises TokenError for any other; `log` writes one entry, `timer` counts
    seconds. The handler returns a policy for the whole API: a token that does not grant an operation is a 403.
    Everything else raises Unauthorized, a 401: a bad token, an event without a method ARN, a defect of ours. So no
    visitor can make it fail with a 500, and no failure opens anything; the log's `reason` tells them apart.
    """

    @functools.cache  # as many entries as there are sets of scopes that a connection may grant
    def resources(scopes: frozenset[str]) -> policy.Resources:
        granted = frozenset(operation for operation in rules.operations if access.is_granted(operation, scopes))
        return policy.resources(rules.operations, granted)

    def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        started = timer()
        entry: dict[str, Any] = {
            "level": "INFO",
            "message": "authorization",
            "request_id": getattr(context, "aws_request_id", None),
            "decision": "unauthorized",
        }
        try:
            claims = verify(bearer_token(event.get("authorizationToken")))
            stage = policy.stage_of(event.get("methodArn"))
            granted = access.grant(claims, rules)
            found = resources(granted.scopes)
            entry |= {
                "decision": "allow" if found.allowed else "deny",
                "reason": "granted" if found.allowed else "insufficient_scope",
                "api": stage.api,
                "stage": stage.stage,
                "connection": granted.connection,
                "scopes": sorted(granted.scopes),
            }
            return policy.answer(
                principal=claims["sub"],
                stage=stage,
                found=found,
                expires_at=claims["exp"] + leeway_seconds,
                context=_context(claims["sub"], granted),
            )
        except TokenError as error:
            entry["reason"] = error.reason
        except policy.MethodArnError:
            entry |= {"level": "ERROR", "reason": "bad_method_arn"}
        except Exception as error:  # a defect: the class tells enough to look for it, the text could hold the token
            entry |= {"level": "ERROR", "decision": "unauthorized", "reason": f"defect: {type(error).__name__}"}
        finally:
            entry["latency_ms"] = round((timer() - started) * 1_000, 3)
            log(entry)
        raise Unauthorized

    return handle


def _context(subject: str, granted: access.Grant) -> dict[str, str]:
    """Return what the APIs and the 403 answer's template get to know: strings only.

    `reason` is the sentence for the operations that the policy does not allow.
    """
    scopes = " ".join(sorted(granted.scopes))
    if scopes:
        reason = f"This sign-in grants {scopes} only."
    elif granted.connection:
        reason = f"This token grants none of the scopes that the connection {granted.connection} may have."
    else:
        reason = "This token's connection grants no access."
    return {"sub": subject, "scope": scopes, "connection": granted.connection, "reason": reason}
