"""The second check of scopes, by the operation to which API Gateway has routed a request.

The authorizer's policy decides by the text of a path, before a gateway may decode or clean it. This check decides by
the event's `resource`, the document's path to which the request was routed, so the spelling of the request does not
matter. An API that is deployed without its authorizer stays closed.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from guard.answers import Answer, ApiError, InsufficientScopeError, NotFoundError, UnguardedError, refusal
from guard.log import Log

type Event = dict[str, Any]
type Handler = Callable[[Event, object], Answer]
"""Any handler of Lambda proxy events. It may raise an ApiError."""

type Needs = tuple[frozenset[str], ...] | None
"""Alternatives, each a set of scopes that are all needed; None for a public operation."""


class Guard:
    """Refuses instead of calling the handler if the caller lacks a scope, and logs each answer."""

    def __init__(self, api: str, document: Mapping[str, Any], handle: Handler, log: Log) -> None:
        """Take the API's name and compiled OpenAPI document, its handler, and its log; raises ValueError.

        It refuses a document with an operation that has no `security`.
        """
        self._api = api
        self._needs = {
            (method.upper(), path): _needs(f"{method.upper()} {path}", operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }
        self._handle = handle
        self._log = log

    def __call__(self, event: Event, context: object) -> Answer:
        """Return the handler's answer, or a refusal; never raises."""
        gateway = event.get("requestContext") or {}
        request_id = gateway.get("requestId")
        self._log.begin(request_id, getattr(context, "aws_request_id", None))
        try:
            self._require_scopes(event, gateway.get("authorizer"))
            answer = self._handle(event, context)
        except ApiError as error:
            if error.reason is not None:
                self._log.error("the request failed", reason=error.reason)
            answer = refusal(error, request_id)
        except Exception:
            self._log.error("unexpected failure", exception=traceback.format_exc())
            answer = refusal(ApiError("Something went wrong on our side. Try again later."), request_id)
        # Use the document's path, because the request's own path is text of the caller.
        method, resource = event.get("httpMethod"), event.get("resource")
        self._log.info("answered", method=method, resource=resource, status=answer.get("statusCode"))
        return answer

    def _require_scopes(self, event: Event, authorizer: Mapping[str, Any] | None) -> None:
        """Return if the authorizer's context covers the operation; raises an ApiError.

        The context's `scope` holds the granted scopes, separated by spaces (docs/authorizer-context.md).
        """
        operation = (event.get("httpMethod"), event.get("resource"))
        if operation not in self._needs:
            raise NotFoundError("There is nothing at this path.")
        needs = self._needs[operation]
        if needs is None:
            return
        granted = authorizer.get("scope") if authorizer else None
        if not isinstance(granted, str):
            raise UnguardedError
        scopes = set(granted.split(" "))
        if not any(needed <= scopes for needed in needs):
            raise InsufficientScopeError(self._api, " ".join(map(str, operation)), needs)


def _needs(name: str, operation: Mapping[str, Any]) -> Needs:
    if "security" not in operation:
        raise ValueError(f"{name} has no security")
    alternatives = tuple(frozenset(requirement["auth0"]) for requirement in operation["security"])
    if not all(alternatives):
        raise ValueError(f"{name} has an empty security requirement, which anyone would meet")
    return alternatives or None
