"""The form of an API's answers: JSON that no cache keeps, and one shape for every refusal.

API Gateway renames the header WWW-Authenticate of a function's answer to x-amzn-Remapped-WWW-Authenticate; the body
has the same information.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from collections.abc import Mapping
from typing import Any

type Answer = dict[str, Any]
"""The output of a Lambda proxy integration."""


class ApiError(Exception):
    """A refused request; the text is the sentence for the caller."""

    status = 500
    code = "server_error"
    headers: Mapping[str, str] = {}
    reason: str | None = None  # for the log, never for the caller


class NotFoundError(ApiError):
    """There is no such item, or no such path."""

    status = 404
    code = "not_found"


class InsufficientScopeError(ApiError):
    """The scopes in the authorizer's context do not cover the operation (RFC 6750 §3.1)."""

    status = 403
    code = "insufficient_scope"

    def __init__(self, realm: str, operation: str, any_of: tuple[frozenset[str], ...]) -> None:
        """Take the API's name, the operation such as `GET /movies`, and its alternatives of needed scopes."""
        needs = " or ".join(" and ".join(sorted(scopes)) for scopes in any_of)
        super().__init__(f"{operation} needs {needs}, which the access token does not grant.")
        # The attribute takes only one list of scopes, so it names the first alternative.
        scope = " ".join(sorted(any_of[0]))
        self.headers = {"WWW-Authenticate": f'Bearer realm="{realm}", error="{self.code}", scope="{scope}"'}


class UnguardedError(ApiError):
    """A guarded operation was reached without an authorizer: a fault of the deployment, not of the caller."""

    reason = "a guarded operation was called without the authorizer's scopes"

    def __init__(self) -> None:
        super().__init__("The API is not set up correctly.")


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer with a JSON body."""
    return _answer(
        status, json.dumps(body, ensure_ascii=False), {"Content-Type": "application/json", **(headers or {})}
    )


def no_content() -> Answer:
    """Return the answer 204, which has no body."""
    return _answer(204, "", {})


def _answer(status: int, body: str, headers: Mapping[str, str]) -> Answer:
    whole = {"Cache-Control": "no-store", **headers}
    return {
        "statusCode": status,
        "multiValueHeaders": {name: [value] for name, value in whole.items()},
        "body": body,
        "isBase64Encoded": False,
    }


def refusal(error: ApiError, request_id: object) -> Answer:
    """Return the answer to a refused request."""
    body = {"error": error.code, "message": str(error), "request_id": request_id}
    return answer(error.status, body, error.headers)
