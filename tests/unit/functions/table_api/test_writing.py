"""An API with POST, PUT and DELETE, over a real DynamoDB: repeated requests, changes by others, bad bodies."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from table_api.request_body import LIMIT_BYTES

SCOPES = "read:Orders create:Orders update:Orders delete:Orders"
ORDER = {"film": "alien", "seats": 2, "status": "open"}
KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
JSON = {"content-type": "application/json; charset=utf-8"}


class Orders:
    """The orders API; by default, the caller of each request has all its scopes."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, caller: str = "ada"
    ) -> tuple[int, Any, dict[str, str]]:
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        answer = self.api.send(
            method, path, body=text, headers={**JSON, **(headers or {})}, scope=SCOPES, caller=caller
        )
        sent = {name: value for name, [value] in answer["multiValueHeaders"].items()}
        self._conforms(method, path, answer)
        return answer["statusCode"], json.loads(answer["body"] or "null"), sent

    def create(self, body: object = ORDER, key: str = KEY, **more: Any) -> tuple[int, Any, dict[str, str]]:
        return self.send("POST", "/orders", body, {"Idempotency-Key": key}, **more)

    def created(self) -> tuple[str, str]:
        """Create an order; return its path and its ETag."""
        _, body, headers = self.create()
        return f"/orders/{body['id']}", headers["ETag"]

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get("/orders", scope=SCOPES)[1]["items"]
        return found

    def _conforms(self, method: str, path: str, answer: dict[str, Any]) -> None:
        """Check that the document declares the answer."""
        resource = "/orders" if path == "/orders" else "/orders/{id}"
        declared = self.api.document["paths"][resource][method.lower()]["responses"]
        response = declared.get(str(answer["statusCode"]))
        if response and "content" in response:
            schema = response["content"]["application/json"]["schema"] | {"components": self.api.document["components"]}
            Draft202012Validator(schema).validate(json.loads(answer["body"]))


@pytest.fixture
def orders(make_api: Callable[..., Any]) -> Orders:
    return Orders(make_api("orders", filled=False))


def test_a_created_item_has_an_id_an_address_and_a_version(orders: Orders) -> None:
    status, body, headers = orders.create()
    assert (status, {**body, "id": ""}) == (201, {**ORDER, "id": ""})
    assert headers["Location"] == f"orders/{body['id']}"
    status, found, got = orders.send("GET", f"/orders/{body['id']}")
    assert (status, found, got["ETag"]) == (200, body, headers["ETag"])
    assert orders.rows() == [body]


def test_a_repeat_of_a_request_is_answered_alike_and_adds_nothing(orders: Orders) -> None:
    first = orders.create()
    assert orders.create(dict(reversed(ORDER.items()))) == first
    assert len(orders.rows()) == 1


def test_a_repeat_after_a_replacement_shows_the_item_as_it_now_is(orders: Orders) -> None:
    path, _ = orders.created()
    _, replaced, _ = orders.send("PUT", path, {**ORDER, "seats": 9})
    assert orders.create()[:2] == (201, replaced)


def test_another_body_with_the_same_key_is_refused_and_changes_nothing(orders: Orders) -> None:
    _, body, _ = orders.create()
    status, refusal, _ = orders.create({**ORDER, "seats": 3})
    assert (status, refusal["error"]) == (422, "idempotency_key_reused")
    assert orders.rows() == [body]


def test_a_key_belongs_to_its_caller(orders: Orders) -> None:
    _, mine, _ = orders.create()
    status, theirs, _ = orders.create({**ORDER, "seats": 3}, caller="bob")
    assert status == 201
    assert theirs["id"] != mine["id"]


@pytest.mark.parametrize("key", ["8e03978e", '""', '"a', 'a"', '"a"b"', '"a\\"', f'"{"x" * 256}"', '"é"', '"a", "b"'])
def test_a_key_of_another_form_is_refused_with_the_form(orders: Orders, key: str) -> None:
    status, body, _ = orders.create(key=key)
    assert (status, body["error"]) == (400, "invalid_request")
    assert "in double quotes" in body["message"]
    assert orders.rows() == []


def test_a_request_without_a_key_or_with_two_is_refused(orders: Orders) -> None:
    assert orders.send("POST", "/orders", ORDER)[0] == 400
    status, body, _ = orders.send("POST", "/orders", ORDER, {"Idempotency-Key": KEY, "idempotency-key": KEY})
    assert (status, body["message"]) == (400, "The header Idempotency-Key is repeated; send it once.")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({**ORDER, "seats": 0}, "seats must be bigger than or equal to 1"),
        ({**ORDER, "seats": "2"}, "seats must be integer"),
        ({**ORDER, "seats": 2.0}, "seats must be integer"),
        ({**ORDER, "seats": True}, "seats must be integer"),
        ({**ORDER, "film": ""}, "film must be longer than or equal to 1 characters"),
        ({**ORDER, "status": "free"}, "status must be one of ['open', 'paid']"),
        ({"film": "alien", "seats": 2}, "must contain ['status'] properties"),
        ({**ORDER, "id": "mine"}, "must not contain {'id'} properties"),
        ({**ORDER, "_version": "x"}, "must not contain {'_version'} properties"),
        ([ORDER], "must be object"),
        (json.dumps(ORDER)[:-1] + ', "seats": 3}', "an object repeats a name"),
        ('{"seats": NaN}', "NaN is no number of JSON"),
        ('{"seats": ' + "1" * 39 + "}", "a number has more than 38 digits"),
        ('{"seats": 1e200}', "a number is too large or too small"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_the_document_does_not_allow_is_refused_with_the_reason(
    orders: Orders, method: str, body: object, sentence: str
) -> None:
    path = {"POST": "/orders", "PUT": "/orders/none"}[method]
    status, refusal, _ = orders.send(method, path, body, {"Idempotency-Key": KEY})
    assert (status, refusal["error"]) == (400, "invalid_request")
    assert refusal["message"] == f"The body is refused: {sentence}."
    assert orders.rows() == []


@pytest.mark.parametrize("body", ["", "order", "{", "[" * 5000, '{"a": ' * 5000])
def test_a_body_that_is_not_json_is_refused(orders: Orders, body: str) -> None:
    status, refusal, _ = orders.create(body)
    assert (status, refusal["message"]) == (400, "The body is not JSON.")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_a_body_of_another_media_type_passes_the_gateway_s_check_and_not_ours(orders: Orders, media_type: str) -> None:
    status, body, _ = orders.send("POST", "/orders", ORDER, {"Idempotency-Key": KEY, "content-type": media_type})
    assert (status, body["error"]) == (415, "unsupported_media_type")
    assert orders.rows() == []


def test_a_body_longer_than_an_item_may_be_is_refused(orders: Orders) -> None:
    status, body, _ = orders.create({**ORDER, "note": "x" * LIMIT_BYTES})
    assert (status, body["error"]) == (413, "content_too_large")


def test_a_replacement_leaves_nothing_of_the_fields_before(orders: Orders) -> None:
    status, created, first = orders.create({**ORDER, "note": "aisle"})
    assert (status, created["note"]) == (201, "aisle")
    status, body, second = orders.send("PUT", f"/orders/{created['id']}", {**ORDER, "seats": 5})
    assert (status, body) == (200, {**ORDER, "id": created["id"], "seats": 5})
    assert second["ETag"] != first["ETag"]
    assert orders.rows() == [body]


def test_a_replacement_keeps_what_the_document_does_not_declare(orders: Orders) -> None:
    key = {"id": {"S": "x"}}
    orders.api.client.put_item(TableName=orders.api.table_name, Item={**key, "cost": {"N": "7"}})
    assert orders.send("PUT", "/orders/x", ORDER)[0] == 200
    row = orders.api.client.get_item(TableName=orders.api.table_name, Key=key)["Item"]
    assert (row["cost"], row["seats"]) == ({"N": "7"}, {"N": "2"})


def test_only_an_item_that_exists_can_be_replaced(orders: Orders) -> None:
    for path in ("/orders/none", f"/orders/{'x' * 65}"):
        status, body, _ = orders.send("PUT", path, ORDER)
        assert (status, body["message"]) == (404, "There is no such order.")
    assert orders.send("PUT", "/orders/none", ORDER, {"If-Match": '"first"'})[0] == 404
    assert orders.rows() == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_caller_who_read_an_older_version_changes_nothing(orders: Orders, method: str) -> None:
    path, read = orders.created()
    _, newer, _ = orders.send("PUT", path, {**ORDER, "seats": 3})
    body = ORDER if method == "PUT" else None
    status, refusal, _ = orders.send(method, path, body, {"If-Match": read})
    assert (status, refusal["error"]) == (412, "precondition_failed")
    assert orders.rows() == [newer]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("which", ["read", "*", "first"])
def test_a_caller_who_read_the_present_version_changes_it(orders: Orders, method: str, which: str) -> None:
    path, read = orders.created()
    if which == "first":  # a row that another writer added
        path, read = "/orders/row", '"first"'
        orders.api.client.put_item(TableName=orders.api.table_name, Item={"id": {"S": "row"}})
    tag = "*" if which == "*" else read
    status, _, _ = orders.send(method, path, ORDER if method == "PUT" else None, {"if-match": tag})
    assert status == {"PUT": 200, "DELETE": 204}[method]


@pytest.mark.parametrize("tag", ["first", 'W/"first"', '"a", "b"', '""', "**"])
def test_an_if_match_of_another_form_is_refused_and_never_ignored(orders: Orders, tag: str) -> None:
    path, _ = orders.created()
    for method, body in (("PUT", ORDER), ("DELETE", None)):
        assert orders.send(method, path, body, {"If-Match": tag})[0] == 400
    assert len(orders.rows()) == 1


def test_a_deletion_can_be_repeated(orders: Orders) -> None:
    path, read = orders.created()
    for _ in range(2):
        status, body, headers = orders.send("DELETE", path, None, {"If-Match": read})
        assert (status, body, headers) == (204, None, {"Cache-Control": "no-store"})
    assert orders.send("GET", path)[0] == 404


def test_the_marks_of_table_api_are_never_published(orders: Orders) -> None:
    path, _ = orders.created()
    shown = [orders.create()[1], orders.send("GET", path)[1], orders.send("PUT", path, ORDER)[1], *orders.rows()]
    assert {name for item in shown for name in item} == {"id", *ORDER}


@pytest.mark.parametrize(("method", "scope"), [("POST", "create"), ("PUT", "update"), ("DELETE", "delete")])
def test_a_denial_names_the_scope_of_this_operation(orders: Orders, method: str, scope: str) -> None:
    resource, path = ("/orders", "/orders") if method == "POST" else ("/orders/{id}", "/orders/x")
    answer = orders.api.send(method, path, body=json.dumps(ORDER), headers=JSON, scope="read:Orders")
    assert answer["statusCode"] == 403
    assert json.loads(answer["body"])["message"] == (
        f"{method} {resource} needs {scope}:Orders, which the access token does not grant."
    )
