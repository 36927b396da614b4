"""An API that writes, called through CloudFront, API Gateway and the packaged function of the running system."""

import json
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.conftest import Stack
from tests.system.conftest import succeeded

ORDER = {"film": "alien", "seats": 2, "status": "open"}


type ClientOf = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def client_of(stack: Stack) -> Iterator[ClientOf]:
    """Return a function that makes a client with the token of a machine client of access.yaml."""
    made: dict[str, httpx.Client] = {}

    def make(name: str) -> httpx.Client:
        if name not in made:
            made[name] = stack.http()
            made[name].headers["authorization"] = f"Bearer {succeeded(stack.command('token', CLIENT=name)).strip()}"
        return made[name]

    yield make
    for client in made.values():
        client.close()


@pytest.fixture
def http(client_of: ClientOf) -> httpx.Client:
    return client_of("tills")


def test_an_order_is_created_once_read_replaced_and_deleted(http: httpx.Client) -> None:
    key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    created = http.post("/api/orders", json=ORDER, headers=key)
    assert created.status_code == 201, created.text
    again = http.post("/api/orders", json=ORDER, headers=key)
    assert (again.status_code, again.json()) == (201, created.json())
    assert http.post("/api/orders", json={**ORDER, "seats": 3}, headers=key).status_code == 422

    address = httpx.URL("/api/orders").join(created.headers["location"])
    found = http.get(address)
    assert (found.json(), found.headers["etag"]) == ({**ORDER, "id": created.json()["id"]}, created.headers["etag"])

    replaced = http.put(address, json={**ORDER, "status": "paid"}, headers={"If-Match": found.headers["etag"]})
    assert (replaced.status_code, replaced.json()["status"]) == (200, "paid")
    assert http.delete(address, headers={"If-Match": found.headers["etag"]}).status_code == 412
    gone = [http.delete(address, headers={"If-Match": replaced.headers["etag"]}) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in gone] == [(204, b""), (204, b"")]
    assert http.get(address).status_code == 404


def test_a_bad_body_stops_at_the_gateway_and_one_that_the_gateway_cannot_check_at_the_function(
    http: httpx.Client,
) -> None:
    bad = json.dumps({**ORDER, "seats": 0})
    headers = {"Idempotency-Key": '"x"', "Content-Type": "application/json"}
    refused = http.post("/api/orders", content=bad, headers=headers)
    assert (refused.status_code, refused.json()["message"]) == (400, "The body is not what this operation takes.")
    repeated = http.post("/api/orders", content=json.dumps(ORDER)[:-1] + ', "seats": 3}', headers=headers)
    assert (repeated.status_code, repeated.json()["message"]) == (400, "The body is refused: an object repeats a name.")
    without_key = http.post("/api/orders", json=ORDER)
    assert (without_key.status_code, without_key.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "resource", "scope"),
    [
        ("POST", "/api/orders", "/orders", "create:Orders"),
        ("PUT", "/api/orders/first-night", "/orders/{id}", "update:Orders"),
        ("DELETE", "/api/orders/first-night", "/orders/{id}", "delete:Orders"),
    ],
)
def test_a_caller_who_may_only_read_is_told_what_this_operation_needs(
    client_of: ClientOf, method: str, path: str, resource: str, scope: str
) -> None:
    client = client_of("displays")
    assert client.get("/api/orders").status_code == 200
    answer = client.request(method, path, json=ORDER, headers={"Idempotency-Key": '"x"'})
    assert answer.status_code == 403
    message = answer.json()["message"]
    assert message.startswith(f"{method} {resource} is closed to this caller.")
    assert f"{method} {resource}: needs {scope}." in message
