"""For any body or query, the Management API gives an answer in Auth0's form, and never a server error."""

import json
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from local.tenant.management import payloads, routes
from tests.unit.local.tenant.conftest import created, unique

MANY = settings(
    max_examples=2 * settings().max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FORMS = [payloads.Form(path.stem) for path in sorted(payloads._FOLDER.glob("*.yaml"))]
WRITES = [row for row in routes._ROWS if row[0] in ("POST", "PATCH", "PUT") and "rotate" not in row[1]]
# Surrogates and NaN too: Python's JSON writes and reads them, but RFC 8259 forbids both.
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
# Names that some schema has pass more checks than wholly random ones.
names = st.sampled_from(
    sorted({name for form in FORMS for name in cast("dict[str, Any]", form._new.schema).get("properties", {})})
)
bodies = st.dictionaries(names, anything, max_size=4) | anything


@pytest.fixture(scope="module")
def place(run_tenant: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with run_tenant(tmp_path_factory.mktemp("any") / "state") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def http(place: Any) -> Iterator[httpx.Client]:
    place.management("GET", "/clients")
    with place.client() as client:
        client.headers["Authorization"] = f"Bearer {place._token}"
        yield client


@pytest.fixture(scope="module")
def ids(place: Any) -> dict[str, str]:
    """Return an existing id for each kind of id in a path."""
    app = created(place, "/clients", {"name": unique("app")})["client_id"]
    return {"clients": app, "connections": place.management("GET", "/connections").json()[0]["id"]}


def sent(http: httpx.Client, method: str, path: str, body: str) -> None:
    answer = http.request(method, path, content=body.encode("utf-8", "surrogatepass"))
    assert answer.status_code in (200, 201, 202, 204, 400, 403, 404, 409, 501), answer.text
    if answer.status_code >= 400:
        told = answer.json()
        assert told.keys() == {"statusCode", "error", "message", "errorCode"}
        assert told["statusCode"] == answer.status_code


@MANY
@given(st.sampled_from(WRITES), bodies, st.booleans())
def test_any_body_is_taken_or_refused_in_auth0s_form(
    http: httpx.Client, ids: dict[str, str], row: Any, body: Any, escaped: bool
) -> None:
    path = row[1].replace("{trigger}", "post-login").replace("{kind}", "captcha")
    path = path.replace("{id}", ids.get(path.split("/")[1], "unknown"))
    sent(http, row[0], f"/api/v2{path.replace('{', '').replace('}', '')}", json.dumps(body, ensure_ascii=escaped))


@MANY
@given(
    st.sampled_from(["/clients", "/connections", "/client-grants", "/resource-servers", "/users", "/actions/actions"]),
    st.dictionaries(
        st.sampled_from(["page", "per_page", "take", "from", "include_totals", "fields", "include_fields", "q"]),
        st.sampled_from(["0", "1", "100", "true", "false", "client_id"]) | st.text(st.characters(codec="utf-8")),
    ),
)
def test_any_query_is_answered_in_auth0s_form(http: httpx.Client, path: str, query: dict[str, str]) -> None:
    answer = http.get(f"/api/v2{path}", params=query)
    assert answer.status_code in (200, 400, 501), answer.text
    assert answer.headers["content-type"] == "application/json"


@MANY
@given(st.binary(min_size=1, max_size=10))
def test_any_id_in_a_path_is_known_or_is_not(http: httpx.Client, name: bytes) -> None:
    assume(name not in (b".", b".."))  # a client removes these segments (RFC 3986, section 5.2.4)
    for kind in ("clients", "connections", "resource-servers", "users", "actions/actions", "log-streams"):
        answer = http.get(f"/api/v2/{kind}/{quote(name, safe='')}")
        assert answer.status_code in (200, 404, 501), answer.text


@pytest.mark.parametrize(
    "value", ["\ud800", float("nan"), float("inf")], ids=["half a surrogate pair", "NaN", "Infinity"]
)
def test_a_value_that_json_does_not_know_is_no_body(http: httpx.Client, value: Any) -> None:
    body = {"name": "x", "jwt_configuration": {"scopes": {"a": value}}}
    answer = http.post("/api/v2/clients", content=json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid request payload JSON format"
