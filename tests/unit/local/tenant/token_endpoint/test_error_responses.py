"""The requests that /oauth/token and /oauth/revoke must refuse (RFC 6749 §5.2), with the source of each rule."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

AUDIENCE = "https://StreamingResourceServer"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
type Fields = dict[str, str | None]


@pytest.fixture(scope="module")
def apps(tenant: Any) -> dict[str, dict[str, Any]]:
    """The applications of the tables, by kind."""
    secret = {"app_type": "regular_web", "token_endpoint_auth_method": "client_secret_post"}
    both = ["authorization_code", "client_credentials"]
    return {
        "public": tenant.create_client(),
        "public machine": tenant.create_client(grant_types=["client_credentials"]),
        "confidential": tenant.create_client(**secret, grant_types=both),
        "machine": tenant.create_machine(),
        "code only": tenant.create_client(grant_types=["authorization_code"]),
        "refresh only": tenant.create_client(grant_types=["refresh_token"]),
    }


# The mistake; the grant; the application; the fields that differ (None: absent); status and error; the rule's source.
# fmt: off
REFUSED: list[tuple[str, str, str, Fields, int, str, str]] = [
    ("no grant_type", "code", "public", {"grant_type": None}, 400, "invalid_request", "RFC 6749 §5.2"),
    ("an empty grant_type", "code", "public", {"grant_type": ""}, 400, "invalid_request", "RFC 6749 §3.2"),
    ("an unknown grant_type", "code", "public", {"grant_type": "telepathy"}, 400, "unsupported_grant_type",
     "RFC 6749 §5.2"),
    ("the password grant", "code", "public", {"grant_type": "password"}, 400, "unsupported_grant_type",
     "RFC 9700 §2.4"),
    ("implicit at the token endpoint", "code", "public", {"grant_type": "implicit"}, 400, "unsupported_grant_type",
     "RFC 6749 §4.2"),
    ("a grant_type in capitals", "code", "public", {"grant_type": "AUTHORIZATION_CODE"}, 400,
     "unsupported_grant_type", "RFC 6749 §4.1.3"),
    ("no client_id", "code", "public", {"client_id": None}, 401, "access_denied", "RFC 6749 §4.1.3"),
    ("an unknown client_id", "code", "public", {"client_id": "unknown"}, 401, "access_denied", "RFC 6749 §5.2"),
    ("no code", "code", "public", {"code": None}, 400, "invalid_request", "RFC 6749 §4.1.3"),
    ("an empty code", "code", "public", {"code": ""}, 400, "invalid_request", "RFC 6749 §3.2"),
    ("a guessed code", "code", "public", {"code": "guessed"}, 403, "invalid_grant", "RFC 6749 §5.2"),
    ("code without the grant", "code", "refresh only", {}, 403, "unauthorized_client", "RFC 6749 §5.2"),
    ("no secret", "code", "confidential", {"client_secret": None}, 401, "access_denied", "RFC 6749 §3.2.1"),
    ("a wrong secret", "code", "confidential", {"client_secret": "wrong"}, 401, "access_denied", "RFC 6749 §5.2"),
    ("a secret and a space", "code", "confidential", {"client_secret": "{secret} "}, 401, "access_denied",
     "RFC 6749 §5.2"),
    ("an assertion in place of the secret", "code", "confidential",
     {"client_secret": None, "client_assertion": "{unsigned}"}, 401, "access_denied", "OpenID Connect Core §9"),
    ("a secret and an assertion", "code", "confidential", {"client_assertion": "{unsigned}"}, 400,
     "invalid_request", "RFC 6749 §2.3"),
    ("no refresh_token", "refresh", "public", {"refresh_token": None}, 400, "invalid_request", "RFC 6749 §6"),
    ("a guessed refresh_token", "refresh", "public", {}, 403, "invalid_grant", "RFC 6749 §5.2"),
    ("refresh without the grant", "refresh", "code only", {}, 403, "unauthorized_client", "RFC 6749 §5.2"),
    ("no audience", "machine", "machine", {"audience": None}, 403, "access_denied", "Auth0: audience"),
    ("an unknown audience", "machine", "machine", {"audience": "https://unknown.example"}, 403, "access_denied",
     "Auth0: audience"),
    ("an audience with a slash more", "machine", "machine", {"audience": f"{AUDIENCE}/"}, 403, "access_denied",
     "Auth0: audience"),
    ("an API without a grant", "machine", "confidential", {}, 403, "access_denied", "Auth0: require_client_grant"),
    ("the Management API without a grant", "machine", "machine", {"audience": "{management}"}, 403, "access_denied",
     "Auth0: require_client_grant"),
    ("a scope beyond the grant", "machine", "machine", {"scope": "read:Movies read:Devices"}, 403, "access_denied",
     "Auth0: scopes of a client grant"),
    ("a scope that nobody declared", "machine", "machine", {"scope": "openid"}, 403, "access_denied",
     "Auth0: scopes of a client grant"),
    ("credentials of a public client", "machine", "public machine", {}, 403, "unauthorized_client",
     "RFC 6749 §4.4"),
    ("a machine without a secret", "machine", "machine", {"client_secret": None}, 401, "access_denied",
     "RFC 6749 §4.4.2"),
    ("a machine with another's secret", "machine", "machine", {"client_secret": "{other secret}"}, 401,
     "access_denied", "RFC 6749 §4.4.2"),
]
# fmt: on


def names(rows: list[Any]) -> list[str]:
    return [row[0] for row in rows]


@pytest.mark.parametrize("form", ["form", "json"])
@pytest.mark.parametrize(("_name", "grant", "app", "fields", "status", "error", "_rule"), REFUSED, ids=names(REFUSED))
def test_the_token_end_point_refuses(
    apps: Any, tenant: Any, form: str, _name: str, grant: str, app: str, fields: Fields, status: int, error: str,
    _rule: str,
) -> None:  # fmt: skip
    request = filled(request_of(apps[app], grant, fields), apps, app, tenant)
    with tenant.client() as http:
        answer = http.post("/oauth/token", **({"data": request} if form == "form" else {"json": request}))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"


def request_of(app: dict[str, Any], grant: str, fields: Fields) -> dict[str, str]:
    """Return a valid request with an invented code or token, and with some fields changed or removed."""
    own = {
        "code": {"grant_type": "authorization_code", "code": "any", "code_verifier": VERIFIER, "redirect_uri": "x"},
        "refresh": {"grant_type": "refresh_token", "refresh_token": "any"},
        "machine": {"grant_type": "client_credentials", "audience": AUDIENCE},
    }[grant]
    secret = {} if app["token_endpoint_auth_method"] == "none" else {"client_secret": app["client_secret"]}
    request: Fields = {"client_id": app["client_id"], **secret, **own, **fields}
    return {name: value for name, value in request.items() if value is not None}


def filled(request: dict[str, str], apps: Any, app: str, tenant: Any) -> dict[str, str]:
    """Return fields with the values that the table cannot contain."""
    known = {
        "{secret} ": f"{apps[app]['client_secret']} ",
        "{other secret}": apps["confidential"]["client_secret"],
        "{unsigned}": unsigned({"sub": apps[app]["client_id"]}),
        "{management}": f"{tenant.http}/api/v2/",
    }
    return {name: known.get(value, value) for name, value in request.items()}


def unsigned(claims: dict[str, Any]) -> str:
    """Return a JWT with `alg` none."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


# The mistake; the Authorization header, from client_id and secret; status and error; the source of the rule.
# fmt: off
BASIC: list[tuple[str, str, int, str, str]] = [
    ("a wrong secret", "{id}:wrong", 401, "access_denied", "RFC 6749 §2.3.1"),
    ("an empty secret", "{id}:", 401, "access_denied", "RFC 6749 §2.3.1"),
    ("no colon", "{id}", 401, "access_denied", "RFC 7617 §2"),
    ("an unknown client", "unknown:{secret}", 401, "access_denied", "RFC 6749 §5.2"),
    ("a client_id with a space", "{id} :{secret}", 401, "access_denied", "RFC 6749 §2.3.1"),
]
# fmt: on


@pytest.mark.parametrize(("_name", "pair", "status", "error", "_rule"), BASIC, ids=names(BASIC))
def test_basic_credentials_are_compared_exactly(
    apps: Any, tenant: Any, _name: str, pair: str, status: int, error: str, _rule: str
) -> None:
    app = apps["machine"]
    text = pair.format(id=app["client_id"], secret=app["client_secret"])
    answer = ask_with_basic(tenant, base64.b64encode(text.encode()).decode())
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["www-authenticate"].startswith("Basic ")  # RFC 6749 §5.2


@pytest.mark.parametrize("header", ["%%%", "====", "w7zDvA"])
def test_malformed_basic_credentials_are_refused(tenant: Any, header: str) -> None:
    assert ask_with_basic(tenant, header).status_code == 401


def test_basic_credentials_are_form_encoded(apps: Any, tenant: Any) -> None:
    """RFC 6749 §2.3.1."""
    app = apps["machine"]
    text = f"{quote(app['client_id'])}:{''.join(f'%{ord(letter):02x}' for letter in app['client_secret'])}"
    assert ask_with_basic(tenant, base64.b64encode(text.encode()).decode()).status_code == 200


def ask_with_basic(tenant: Any, credentials: str, **fields: str) -> Any:
    with tenant.client() as http:
        form = {"grant_type": "client_credentials", "audience": AUDIENCE, **fields}
        return http.post("/oauth/token", data=form, headers={"Authorization": f"Basic {credentials}"})


def basic(app: dict[str, Any]) -> str:
    return base64.b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()


def test_two_ways_to_authenticate_are_one_too_many(apps: Any, tenant: Any) -> None:
    """RFC 6749 §2.3."""
    app = apps["machine"]
    answer = ask_with_basic(tenant, basic(app), client_secret=app["client_secret"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_body_may_have_the_same_client_id_too_but_no_other(apps: Any, tenant: Any) -> None:
    app = apps["machine"]
    assert ask_with_basic(tenant, basic(app), client_id=app["client_id"]).status_code == 200
    other = ask_with_basic(tenant, basic(app), client_id=apps["confidential"]["client_id"])
    assert (other.status_code, other.json()["error"]) == (400, "invalid_request")


def test_credentials_in_the_address_do_not_count(apps: Any, tenant: Any) -> None:
    """RFC 6749 §2.3.1: they must not be in the request URI."""
    app = apps["machine"]
    query = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    with tenant.client() as http:
        answer = http.post(
            "/oauth/token", params=query, data={"grant_type": "client_credentials", "audience": AUDIENCE}
        )
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "audience"])
@pytest.mark.parametrize("form", ["form", "json"])
def test_a_repeated_field_is_refused(apps: Any, tenant: Any, name: str, form: str) -> None:
    """RFC 6749 §3.2."""
    fields = [*request_of(apps["machine"], "machine", {}).items()]
    fields += [(key, value) for key, value in fields if key == name]
    if form == "form":
        content = "&".join(f"{key}={quote(value, safe='')}" for key, value in fields)
        kind = "application/x-www-form-urlencoded"
    else:
        content = "{" + ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in fields) + "}"
        kind = "application/json"
    with tenant.client() as http:
        answer = http.post("/oauth/token", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/jsonx", "x"])
def test_another_kind_of_body_is_refused(apps: Any, tenant: Any, kind: str) -> None:
    """RFC 6749 §4.1.3 requires a form. Auth0 accepts JSON as well."""
    content = json.dumps(request_of(apps["machine"], "machine", {}))
    with tenant.client() as http:
        answer = http.post("/oauth/token", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
def test_only_post_is_answered(tenant: Any, method: str, path: str) -> None:
    """RFC 6749 §3.2, RFC 7009 §2.1."""
    with tenant.client() as http:
        assert http.request(method, path).status_code == 405


# The mistake; the fields that differ; status and error; the source of the rule.
# fmt: off
REVOCATION: list[tuple[str, str, Fields, int, str, str]] = [
    ("no token", "public", {"token": None}, 400, "invalid_request", "RFC 7009 §2.1"),
    ("no client_id", "public", {"client_id": None}, 401, "access_denied", "RFC 7009 §2.1"),
    ("an unknown client_id", "public", {"client_id": "unknown"}, 401, "access_denied", "RFC 7009 §2.1"),
    ("no secret", "confidential", {}, 401, "access_denied", "RFC 7009 §2.1"),
    ("a wrong secret", "confidential", {"client_secret": "wrong"}, 401, "access_denied", "RFC 7009 §2.1"),
    ("a JWT, which nobody can take back", "public", {"token": "e30.e30.AA"}, 400, "unsupported_token_type",
     "RFC 7009 §2.2.1"),
]
# fmt: on


@pytest.mark.parametrize(("_name", "app", "fields", "status", "error", "_rule"), REVOCATION, ids=names(REVOCATION))
def test_the_revocation_end_point_refuses(
    apps: Any, tenant: Any, _name: str, app: str, fields: Fields, status: int, error: str, _rule: str
) -> None:
    form = {"client_id": apps[app]["client_id"], "token": "any", **fields}
    with tenant.client() as http:
        answer = http.post("/oauth/revoke", data={key: value for key, value in form.items() if value is not None})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
