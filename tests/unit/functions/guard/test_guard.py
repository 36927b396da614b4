"""Every function checks the scopes again, by the operation to which API Gateway routed the request."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from guard.answers import NotFoundError, answer
from guard.guard import Guard
from guard.log import Log

CONTEXT = SimpleNamespace(aws_request_id="lambda-1")
DOCUMENT = {
    "paths": {
        "/orders": {
            "get": {"security": [{"auth0": ["read:Orders"]}]},
            "post": {"security": [{"auth0": ["write:Orders"]}]},
        },
        "/orders/{id}": {"delete": {"security": [{"auth0": ["write:Orders", "read:Orders"]}, {"auth0": ["admin"]}]}},
        "/orders/health": {"get": {"security": []}},
    }
}
CREATE, REMOVE = ("POST", "/orders"), ("DELETE", "/orders/{id}")


class Function:
    """A function with any handler; it counts the calls of the handler."""

    def __init__(self, handle: Any = None) -> None:
        self.calls = 0
        self.lines: list[str] = []
        self._handle = handle or (lambda _event, _context: answer(200, {"done": True}))
        self._guard = Guard("orders", DOCUMENT, self._called, Log("orders", self.lines.append))

    def _called(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        self.calls += 1
        found: dict[str, Any] = self._handle(event, context)
        return found

    def ask(self, operation: tuple[str, str], authorizer: object = None, **members: Any) -> tuple[int, Any]:
        method, resource = operation
        context = {"requestId": "gateway-1"} | ({"authorizer": authorizer} if authorizer is not None else {})
        event = {"httpMethod": method, "resource": resource, "path": "/whatever", "requestContext": context} | members
        answered = self._guard(event, CONTEXT)
        return answered["statusCode"], answered

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def function() -> Function:
    return Function()


@pytest.mark.parametrize(
    "authorizer", [None, {}, {"principalId": "someone"}, {"scope": None}, {"scope": ["read:Orders"]}]
)
def test_no_scopes_from_the_authorizer_means_closed(authorizer: Any, function: Function) -> None:
    status, _ = function.ask(CREATE, authorizer)
    assert (status, function.calls) == (500, 0)
    failed, _ = function.log()
    assert (failed["level"], failed["reason"]) == (
        "ERROR",
        "a guarded operation was called without the authorizer's scopes",
    )


@pytest.mark.parametrize("scope", ["read:Orders write:Orders", "write:Orders read:Orders", "admin", "x admin y"])
def test_all_scopes_of_one_alternative_are_enough(scope: str, function: Function) -> None:
    assert function.ask(REMOVE, {"scope": scope})[0] == 200
    assert function.calls == 1


@pytest.mark.parametrize(
    "scope",
    [
        "",
        " ",
        "read:Orders",
        "write:Orders",
        "read:Orderswrite:Orders",
        "read:Orders,write:Orders",
        "ADMIN",
        "a\tadmin",
    ],
)
def test_a_token_with_only_a_part_of_an_alternative_is_refused(scope: str, function: Function) -> None:
    assert function.ask(REMOVE, {"scope": scope})[0] == 403
    assert function.calls == 0


def test_a_denial_names_what_this_operation_needs(function: Function) -> None:
    _, answered = function.ask(CREATE, {"scope": "read:Orders"})
    assert json.loads(answered["body"]) == {
        "error": "insufficient_scope",
        "message": "POST /orders needs write:Orders, which the access token does not grant.",
        "request_id": "gateway-1",
    }
    assert answered["multiValueHeaders"]["WWW-Authenticate"] == [
        'Bearer realm="orders", error="insufficient_scope", scope="write:Orders"'
    ]
    _, answered = function.ask(REMOVE, {"scope": "read:Orders"})
    assert json.loads(answered["body"])["message"] == (
        "DELETE /orders/{id} needs read:Orders and write:Orders or admin, which the access token does not grant."
    )


@pytest.mark.parametrize("path", ["/orders/%68ealth", "//orders/health", "/orders/x/../health", "/orders/health"])
def test_the_operation_counts_that_the_gateway_routed_to_however_the_path_is_spelled(
    path: str, function: Function
) -> None:
    assert function.ask(REMOVE, {"scope": "read:Orders"}, path=path)[0] == 403
    assert function.ask(("GET", "/orders/health"), path=path)[0] == 200


def test_a_public_operation_needs_nothing(function: Function) -> None:
    assert function.ask(("GET", "/orders/health"))[0] == 200


@pytest.mark.parametrize("operation", [("PUT", "/orders"), ("get", "/orders"), ("GET", "/orders/7"), (None, None)])
def test_an_operation_that_is_not_in_the_document_is_not_found(operation: Any, function: Function) -> None:
    assert function.ask(operation, {"scope": "read:Orders write:Orders admin"})[0] == 404
    assert function.calls == 0


def test_a_refusal_of_the_handler_is_an_answer_in_the_same_form() -> None:
    def handle(_event: Any, _context: object) -> Any:
        raise NotFoundError("There is no such order.")

    status, answered = Function(handle).ask(CREATE, {"scope": "write:Orders"})
    assert status == 404
    assert json.loads(answered["body"])["message"] == "There is no such order."
    assert answered["multiValueHeaders"]["Cache-Control"] == ["no-store"]


def test_a_failure_of_the_handler_is_a_500_without_internals() -> None:
    def handle(_event: Any, _context: object) -> Any:
        raise KeyError("a secret of ours")

    function = Function(handle)
    status, answered = function.ask(CREATE, {"scope": "write:Orders"})
    assert status == 500
    assert "secret" not in answered["body"]
    failed, answered_line = function.log()
    assert (failed["level"], failed["message"]) == ("ERROR", "unexpected failure")
    assert "KeyError" in failed["exception"]
    assert (answered_line["status"], answered_line["request_id"], answered_line["function_request_id"]) == (
        500,
        "gateway-1",
        "lambda-1",
    )


def test_each_answer_is_a_line_with_the_document_s_path_and_not_the_caller_s(function: Function) -> None:
    function.ask(REMOVE, {"scope": "admin"}, path="/orders/private")
    [line] = function.log()
    assert line == {
        "level": "INFO",
        "message": "answered",
        "service": "orders",
        "request_id": "gateway-1",
        "function_request_id": "lambda-1",
        "method": "DELETE",
        "resource": "/orders/{id}",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({}, "GET /x has no security"),
        ({"security": [{"auth0": []}]}, "GET /x has an empty security requirement"),
        ({"security": [{"auth0": ["a"]}, {"auth0": []}]}, "GET /x has an empty security requirement"),
    ],
)
def test_an_operation_that_would_be_open_by_accident_is_never_served(operation: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Guard("x", {"paths": {"/x": {"get": operation}}}, lambda _event, _context: {}, Log("x", len))
