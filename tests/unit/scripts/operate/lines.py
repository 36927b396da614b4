"""Lines of the logs as API Gateway, the authorizer and Lambda write them, for tests of the verbs that read them."""

import json
from typing import Any

from scripts.operate.logs import Line

WHEN = 1_800_000_000.0
ACCESS = {
    "api": "gatehouse-dev-movies",
    "request_id": "gateway-1",
    "method": "GET",
    "path": "/movies",
    "status": "200",
    "refusal": "-",
    "principal": "-",
    "connection": "-",
    "reason_code": "-",
    "response_ms": "12",
    "integration_request": "-",
    "authorizer_status": "-",
    "authorizer_request": "-",
}
UNAUTHORIZED = {"status": "401", "refusal": "UNAUTHORIZED", "authorizer_status": "401"}
ACCESS_DENIED = {"status": "403", "refusal": "ACCESS_DENIED", "reason_code": "insufficient_scope"}


def line(members: dict[str, Any], later: float = 0) -> Line:
    return Line(WHEN + later, json.dumps(members), members)


def access(later: float = 0, /, **members: str) -> Line:
    return line(ACCESS | members, later)


def decision(request: str, reason: str, subject: str | None = None, /, **members: object) -> Line:
    return line({"decision": "unauthorized", "reason": reason, "request_id": request, "subject": subject, **members})


def platform(text: str) -> Line:
    return Line(WHEN, text, {})
