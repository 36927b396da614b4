"""Who may call which operation of the running system, through CloudFront, API Gateway and the packaged functions."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from scripts.build.data_files import load_access, load_apis
from tests.checkout import EXAMPLE
from tests.conftest import Stack
from tests.system.conftest import SignIn, Tokens, tenants_key
from tests.tls import CERTIFICATE_AUTHORITIES

ACCESS = load_access(EXAMPLE / "auth0" / "access.yaml")
APIS = load_apis(EXAMPLE / "functions")
SAMPLES = {api: json.loads((EXAMPLE / "functions" / api / "sample.json").read_text()) for api in APIS}


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with stack.http() as client:
        yield client


def needed_scopes(api: str) -> set[str]:
    return set(APIS[api]["paths"][f"/{api}"]["get"]["security"][0]["auth0"])


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("connection", ACCESS["connections"])
def test_a_connection_reads_exactly_the_apis_that_access_yaml_grants_it(
    http: httpx.Client, sign_in: SignIn, connection: str, api: str
) -> None:
    granted = set(ACCESS["connections"][connection]["scopes"])
    answer = http.get(f"/api/{api}", headers=sign_in(connection).bearer)
    if needed_scopes(api) <= granted:
        assert answer.status_code == 200
        assert answer.json()["items"]
    else:
        assert answer.status_code == 403
        assert answer.json()["error"] == "insufficient_scope"


@pytest.mark.parametrize("connection", ACCESS["connections"])
def test_the_action_gives_a_token_only_the_scopes_of_its_connection(sign_in: SignIn, connection: str) -> None:
    claims = jwt.decode(sign_in(connection).access_token, options={"verify_signature": False})
    api_scopes = set(claims["scope"].split()) & set(ACCESS["scopes"])
    assert api_scopes == set(ACCESS["connections"][connection]["scopes"])


def test_a_google_user_is_told_why_movies_are_closed(http: httpx.Client, sign_in: SignIn) -> None:
    answer = http.get("/api/movies", headers=sign_in("google-oauth2").bearer)
    assert answer.status_code == 403
    body = answer.json()
    assert body["message"] == "This API needs read:Movies. This sign-in grants read:Devices only."
    assert body["request_id"]
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="read:Movies"' in challenge


def test_one_token_is_judged_alike_on_every_route_while_its_policy_is_cached(
    http: httpx.Client, sign_in: SignIn
) -> None:
    bearer = sign_in("amazon").bearer
    first = SAMPLES["movies"][0]["id"]
    statuses = [
        http.get(path, headers=bearer).status_code
        for _ in range(2)
        for path in ("/api/movies", f"/api/movies/{first}", "/api/devices", "/api/devices/any")
    ]
    assert statuses == [200, 200, 403, 403] * 2


def make_foreign_token(tokens: Tokens) -> str:
    """Copy a good token's header and claims, and sign them with a key that is not the tenant's."""
    header = jwt.get_unverified_header(tokens.access_token)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
    return jwt.encode(claims, generate_private_key(65537, 2048), "RS256", headers={"kid": header["kid"]})


def make_unsigned_token(tokens: Tokens) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return ".".join([header, *tokens.access_token.split(".")[1:]])


BAD: dict[str, Callable[[Tokens], dict[str, str]]] = {
    "no token": lambda _tokens: {},
    "an empty header": lambda _tokens: {"authorization": ""},
    "another scheme": lambda tokens: {"authorization": f"Basic {tokens.access_token}"},
    "no JWS": lambda _tokens: {"authorization": "Bearer nonsense"},
    "a foreign signature": lambda tokens: {"authorization": f"Bearer {make_foreign_token(tokens)}"},
    "no signature": lambda tokens: {"authorization": f"Bearer {make_unsigned_token(tokens)}"},
    "a cut signature": lambda tokens: {"authorization": f"Bearer {tokens.access_token[:-8]}"},
    "the ID token": lambda tokens: {"authorization": f"Bearer {tokens.id_token}"},
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_caller_without_a_proven_identity_gets_401_and_the_reason(
    http: httpx.Client, sign_in: SignIn, make: Callable[[Tokens], dict[str, str]]
) -> None:
    answer = http.get("/api/movies", headers=make(sign_in("amazon")))
    assert answer.status_code == 401
    body = answer.json()
    assert body["error"] == "invalid_token"
    assert body["message"].endswith(".")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("age", [3600, 60])
def test_an_expired_token_of_the_tenant_itself_gets_401(
    stack: Stack, http: httpx.Client, sign_in: SignIn, age: int
) -> None:
    """The tenant's own key is in its state folder, so the test can make an expired token that is otherwise right."""
    claims = jwt.decode(sign_in("amazon").access_token, options={"verify_signature": False})
    claims |= {"iat": claims["iat"] - 86400, "exp": claims["iat"] - age}
    token = sign_with_the_tenants_key(stack, claims)
    assert http.get("/api/movies", headers={"authorization": f"Bearer {token}"}).status_code == 401
    claims |= {"exp": claims["iat"] + 2 * 86400}
    token = sign_with_the_tenants_key(stack, claims)
    assert http.get("/api/movies", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_a_token_whose_scope_its_connection_does_not_grant_opens_nothing(
    stack: Stack, http: httpx.Client, sign_in: SignIn
) -> None:
    """As if somebody had switched the Action off: the tenant signs the requested scopes."""
    claims = jwt.decode(sign_in("google-oauth2").access_token, options={"verify_signature": False})
    token = sign_with_the_tenants_key(stack, {**claims, "scope": "openid read:Movies read:Devices"})
    bearer = {"authorization": f"Bearer {token}"}
    assert http.get("/api/movies", headers=bearer).status_code == 403
    assert http.get("/api/devices", headers=bearer).status_code == 200


def sign_with_the_tenants_key(stack: Stack, claims: dict[str, Any]) -> str:
    kid, private_key = tenants_key(stack)
    return jwt.encode(claims, private_key, "RS256", headers={"kid": kid})


@pytest.mark.parametrize("api", APIS)
def test_health_needs_no_token_and_shows_no_data(http: httpx.Client, api: str) -> None:
    answer = http.get(f"/api/{api}/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_paging_gives_every_movie_once(http: httpx.Client, sign_in: SignIn) -> None:
    bearer, seen = sign_in("amazon").bearer, []
    cursor: dict[str, str] = {}
    while True:
        page = http.get("/api/movies", params={"limit": 7, **cursor}, headers=bearer).json()
        assert len(page["items"]) <= 7
        seen += [movie["id"] for movie in page["items"]]
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(movie["id"] for movie in SAMPLES["movies"])


def test_one_movie_is_what_the_sample_says(http: httpx.Client, sign_in: SignIn) -> None:
    movie = SAMPLES["movies"][3]
    answer = http.get(f"/api/movies/{movie['id']}", headers=sign_in("amazon").bearer)
    assert answer.status_code == 200
    assert answer.json() == movie


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/api/movies?limit=0", 400, "invalid_request"),
        ("/api/movies?limit=ten", 400, "invalid_request"),
        ("/api/movies?cursor=forged", 400, "invalid_request"),
        ("/api/movies?colour=red", 400, "invalid_request"),
        ("/api/movies/no-such-film", 404, "not_found"),
    ],
)
def test_the_answer_to_a_wrong_request_says_what_is_wrong(
    http: httpx.Client, sign_in: SignIn, path: str, status: int, error: str
) -> None:
    answer = http.get(path, headers=sign_in("amazon").bearer)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.json()["message"].endswith(".")


def test_an_unknown_api_is_a_404_in_json_and_not_the_site(http: httpx.Client) -> None:
    answer = http.get("/api/music")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


def test_a_direct_call_of_the_stage_meets_the_same_guard(stack: Stack, sign_in: SignIn) -> None:
    state = json.loads((stack.settings.directory / "terraform.tfstate").read_text())
    url = httpx.URL(state["outputs"]["api_urls"]["value"]["movies"])
    api = url.host.split(".")[0]
    headers = {"host": f"{api}.execute-api.localhost:{stack.settings.aws_port}"}
    with httpx.Client(
        base_url=stack.settings.aws_url, headers=headers, timeout=30, trust_env=False, verify=CERTIFICATE_AUTHORITIES
    ) as client:
        assert client.get(f"{url.path}/movies").status_code == 401
        assert client.get(f"{url.path}/movies", headers=sign_in("google-oauth2").bearer).status_code == 403
        assert client.get(f"{url.path}/movies", headers=sign_in("amazon").bearer).status_code == 200
