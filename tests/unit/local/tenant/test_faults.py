"""Faults on demand: each happens only if requested, and only if the tenant was started with the option."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

JWKS = "/.well-known/jwks.json"
API = "https://StreamingResourceServer"


@pytest.fixture(scope="module")
def faulty(run_tenant: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with run_tenant(tmp_path_factory.mktemp("faulty") / "state", "--faults") as tenant:
        yield tenant


@pytest.fixture
def http(faulty: Any) -> Iterator[httpx.Client]:
    with faulty.client() as client:
        yield client
        assert client.delete("/_faults").status_code == 200


def ask(http: httpx.Client, **wanted: Any) -> None:
    answer = http.put("/_faults", json=wanted)
    assert (answer.status_code, answer.json()) == (200, wanted)


def test_without_the_option_nobody_can_ask_for_faults(tenant: Any) -> None:
    with tenant.client() as client:
        for method, path in (("GET", "/_faults"), ("PUT", "/_faults"), ("POST", "/_faults/rotate-keys")):
            assert client.request(method, path, json={}).status_code == 404


def test_faults_are_listed_and_end_on_request(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "status": 500}], clock_skew_seconds=5)
    assert http.get("/_faults").json() == {"answers": [{"path": JWKS, "status": 500}], "clock_skew_seconds": 5}
    assert http.delete("/_faults").json() == {}
    assert http.get(JWKS).status_code == 200


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"anwsers": []}, "$"),
        ({"answers": [{"status": 500}]}, "$.answers[0]"),
        ({"answers": [{"path": JWKS, "delay_seconds": "long"}]}, "$.answers[0].delay_seconds"),
        ({"access_token": "stolen"}, "$.access_token"),
        ([], "$"),
    ],
)
def test_a_mistake_is_reported_with_its_place_and_changes_nothing(http: httpx.Client, body: object, place: str) -> None:
    ask(http, clock_skew_seconds=5)
    answer = http.put("/_faults", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{place}: ")
    assert http.put("/_faults", content=b"{").status_code == 400
    assert http.get("/_faults").json() == {"clock_skew_seconds": 5}


def test_an_answer_fails_as_often_as_asked(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "status": 503, "times": 2}])
    assert [http.get(JWKS).status_code for _ in range(3)] == [503, 503, 200]


def test_an_answer_can_be_garbage(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "body": "<html>"}])
    answer = http.get(JWKS)
    assert (answer.status_code, answer.text) == (200, "<html>")


def test_an_answer_can_be_late(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "delay_seconds": 0.3}])
    with pytest.raises(httpx.ReadTimeout):
        http.get(JWKS, timeout=0.1)
    assert http.get(JWKS).json()["keys"]


def test_an_answer_can_drip(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "body": "drip", "drip_seconds": 0.05}])
    with http.stream("GET", JWKS) as answer:
        assert [chunk for chunk in answer.iter_raw() if chunk] == [b"d", b"r", b"i", b"p"]


def test_a_connection_can_be_cut(http: httpx.Client) -> None:
    ask(http, answers=[{"path": JWKS, "cut": True}])
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(JWKS)


def test_429_comes_with_auth0s_headers(faulty: Any, http: httpx.Client) -> None:
    ask(http, answers=[{"path": "/api/v2/*", "status": 429}, {"path": "/oauth/token", "status": 429, "times": 1}])
    refused = http.post("/oauth/token", data={})
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    begun = time.time()
    answer = faulty.management("GET", "/clients")
    assert (answer.status_code, answer.json()["errorCode"]) == (429, "too_many_requests")
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert begun < int(answer.headers["x-ratelimit-reset"]) < time.time() + 2
    assert http.get(JWKS).status_code == 200


def decode(faulty: Any, token: str, *, verify_exp: bool = True) -> dict[str, Any]:
    """Check a token like an API."""
    with faulty.client() as client:
        keys = jwt.PyJWKSet.from_dict(client.get(JWKS).json())
    key = next(key for key in keys.keys if key.key_id == jwt.get_unverified_header(token)["kid"])
    options: Any = {"verify_exp": verify_exp}
    claims: dict[str, Any] = jwt.decode(token, key, ["RS256"], audience=API, issuer=faulty.issuer, options=options)
    return claims


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("expired", jwt.ExpiredSignatureError),
        ("not_yet_valid", jwt.ImmatureSignatureError),
        ("bad_signature", jwt.InvalidSignatureError),
        ("wrong_audience", jwt.InvalidAudienceError),
        ("wrong_issuer", jwt.InvalidIssuerError),
        ("unknown_key", StopIteration),
        ("algorithm_none", KeyError),  # no `kid` either
    ],
)
def test_an_access_token_is_wrong_in_the_one_thing_asked_for(
    faulty: Any, http: httpx.Client, browser_of: Any, fault: str, error: type[Exception]
) -> None:
    browser = browser_of(faulty.create_client(), faulty)
    ask(http, access_token=fault)
    tokens = browser.tokens()
    with pytest.raises(error):
        decode(faulty, tokens["access_token"])
    header = jwt.get_unverified_header(tokens["id_token"])
    assert (header["typ"], header["alg"]) == ("JWT", "RS256")
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["iss"] == faulty.issuer


def test_an_access_token_can_be_of_another_type(faulty: Any, http: httpx.Client, browser_of: Any) -> None:
    browser = browser_of(faulty.create_client(), faulty)
    ask(http, access_token="wrong_type")
    token = browser.tokens()["access_token"]
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    decode(faulty, token)


def test_an_id_token_is_spoilt_by_itself(faulty: Any, http: httpx.Client, browser_of: Any) -> None:
    browser = browser_of(faulty.create_client(), faulty)
    ask(http, id_token="wrong_issuer")
    tokens = browser.tokens()
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["iss"] == "https://another.example/"
    decode(faulty, tokens["access_token"])


def test_a_tenants_clock_can_be_wrong(faulty: Any, http: httpx.Client, browser_of: Any) -> None:
    browser = browser_of(faulty.create_client(), faulty)
    ask(http, clock_skew_seconds=-7200)
    tokens = browser.tokens()
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(faulty, tokens["access_token"])
    claims = decode(faulty, tokens["access_token"], verify_exp=False)
    assert abs(claims["iat"] - (time.time() - 7200)) < 60
    assert claims["exp"] - claims["iat"] == 3600


def test_keys_can_be_rotated_and_the_last_one_withdrawn(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state", "--faults") as tenant, tenant.client() as http:
        browser = browser_of(tenant.create_client(), tenant)
        first = browser.tokens()["access_token"]
        kid = http.post("/_faults/rotate-keys").json()["kid"]
        decode(tenant, first)
        second = browser.tokens(prompt="login")["access_token"]
        assert jwt.get_unverified_header(second)["kid"] == kid
        assert http.post("/_faults/rotate-keys", json={"revoke": True}).status_code == 200
        with pytest.raises(StopIteration):
            decode(tenant, second)
