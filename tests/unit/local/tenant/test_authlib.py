"""Another project's strict OpenID Connect client (Authlib), over https; it knows only the issuer."""

import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from authlib.oidc.core import CodeIDToken, ImplicitIDToken
from authlib.oidc.core.claims import IDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

AUDIENCE = "https://StreamingResourceServer"
CALLBACK = "http://app.localhost:9000/"
VERIFIER = secrets.token_urlsafe(48)


class Party:
    """A relying party: one application, the tenant's metadata, and a browser for its user."""

    def __init__(self, tenant: Any, app: dict[str, Any], browser: Any, **options: Any) -> None:
        self.tenant = tenant
        self.app = app
        self.browser = browser
        self.issuer = f"{tenant.https}/"
        self.metadata = OpenIDProviderMetadata(self.get(get_well_known_url(self.issuer, external=True)))
        method = app.get("token_endpoint_auth_method") or "private_key_jwt"
        self.session = OAuth2Session(
            app["client_id"],
            options.pop("client_secret", app["client_secret"]),
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            code_challenge_method="S256",
            redirect_uri=CALLBACK,
            **options,
        )
        self.session.verify = str(tenant.directory / "ca.pem")
        self.session.trust_env = False

    def get(self, url: str) -> dict[str, Any]:
        return dict(self.browser.http.get(url).raise_for_status().json())

    def sign_in(self, **parameters: Any) -> str:
        """Send the user through the tenant's pages; return the address at which they come back."""
        url, _ = self.session.create_authorization_url(
            self.metadata["authorization_endpoint"],
            **{"audience": AUDIENCE, "connection": "google-oauth2", "nonce": "the-nonce", **parameters},
        )
        page = self.browser.http.get(url)
        if page.status_code == 302 and page.headers["location"].startswith("/u/"):
            page = self.browser.identify(self.browser.http.get(page.headers["location"]))
        return str(page.headers["location"])

    def fetch(self, address: str) -> dict[str, Any]:
        token = self.session.fetch_token(
            self.metadata["token_endpoint"], authorization_response=address, code_verifier=VERIFIER
        )
        return dict(token)

    def claims(self, token: str, kind: type[IDToken], **parameters: Any) -> IDToken:
        """Check an ID token as the standard says, with the keys and algorithms of the metadata."""
        keys = KeySet.import_key_set(self.get(self.metadata["jwks_uri"]))  # type: ignore[arg-type]
        decoded = jwt.decode(token, keys, algorithms=["RS256"])
        options = {"iss": {"essential": True, "value": self.issuer}, "aud": {"value": self.app["client_id"]}}
        claims = kind(decoded.claims, decoded.header, options, {"client_id": self.app["client_id"], **parameters})
        claims.validate()
        return claims


@pytest.fixture
def party_of(tenant: Any, browser_of: Callable[..., Any]) -> Iterator[Callable[..., Party]]:
    """Return a function that makes a relying party for an application of the tenant."""
    context = ssl.create_default_context(cafile=str(tenant.directory / "ca.pem"))
    clients: list[httpx.Client] = []

    def make(app: dict[str, Any], **options: Any) -> Party:
        browser = browser_of(app)
        clients.append(httpx.Client(base_url=tenant.https, verify=context, trust_env=False, timeout=30))
        browser.http = clients[-1]
        return Party(tenant, app, browser, **options)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def party(party_of: Callable[..., Party], tenant: Any) -> Party:
    return party_of(tenant.create_client(), scope="openid profile email offline_access read:Devices")


def test_the_metadata_is_valid(party: Party) -> None:
    party.metadata.validate()
    assert party.metadata["issuer"] == party.issuer


def test_code_with_pkce_gives_tokens_that_verify(party: Party) -> None:
    token = party.fetch(party.sign_in(code_verifier=VERIFIER))
    claims = party.claims(token["id_token"], CodeIDToken, nonce="the-nonce")
    assert claims["email"] == "ada@example.com"
    keys = KeySet.import_key_set(party.get(party.metadata["jwks_uri"]))  # type: ignore[arg-type]
    access = jwt.decode(token["access_token"], keys, algorithms=["RS256"]).claims
    assert (access["iss"], access["sub"]) == (party.issuer, claims["sub"])


def test_userinfo_says_what_the_id_token_says(party: Party) -> None:
    token = party.fetch(party.sign_in(code_verifier=VERIFIER))
    claims = party.claims(token["id_token"], CodeIDToken, nonce="the-nonce")
    info = party.session.get(party.metadata["userinfo_endpoint"]).json()
    assert info == {name: claims[name] for name in info}
    assert {"sub", "name", "email"} <= set(info)


def test_max_age_brings_the_time_of_the_sign_in(party: Party) -> None:
    token = party.fetch(party.sign_in(code_verifier=VERIFIER, max_age=600))
    assert party.claims(token["id_token"], CodeIDToken, nonce="the-nonce", max_age=600)["auth_time"]


def test_it_refreshes_and_revokes(party: Party) -> None:
    first = party.fetch(party.sign_in(code_verifier=VERIFIER))
    endpoint = party.metadata["token_endpoint"]
    second = party.session.refresh_token(endpoint, refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert party.claims(second["id_token"], CodeIDToken)["sub"]
    revoked = party.session.revoke_token(
        party.metadata["revocation_endpoint"], second["refresh_token"], token_type_hint="refresh_token"
    )
    assert revoked.status_code == 200
    with pytest.raises(Exception, match="invalid_grant"):
        party.session.refresh_token(endpoint, refresh_token=second["refresh_token"])


def test_it_tells_an_answer_to_another_request(party: Party) -> None:
    address = party.sign_in(code_verifier=VERIFIER, state="mine")
    with pytest.raises(Exception, match="mismatching_state"):
        party.session.fetch_token(
            party.metadata["token_endpoint"],
            authorization_response=address,
            code_verifier=VERIFIER,
            state="another",
        )
    token = party.fetch(address)
    with pytest.raises(Exception, match="nonce"):
        party.claims(token["id_token"], CodeIDToken, nonce="another")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_confidential_client_uses_either_method(party_of: Any, tenant: Any, method: str) -> None:
    app = tenant.create_client(
        app_type="regular_web", token_endpoint_auth_method=method, grant_types=["authorization_code"]
    )
    party = party_of(app, scope="openid")
    assert party.claims(party.fetch(party.sign_in(code_verifier=VERIFIER))["id_token"], CodeIDToken)


@pytest.mark.parametrize("response_type", ["id_token", "id_token token", "token id_token"])
def test_implicit_answers_verify(party_of: Any, tenant: Any, response_type: str) -> None:
    app = tenant.create_client(grant_types=["implicit"])
    party = party_of(app, scope="openid profile read:Devices")
    answer = dict(parse_qsl(urlsplit(party.sign_in(response_type=response_type)).fragment))
    claims = party.claims(
        answer["id_token"], ImplicitIDToken, nonce="the-nonce", access_token=answer.get("access_token")
    )
    assert claims["name"] == "Ada Lovelace"
    assert ("access_token" in answer) == ("token" in response_type.split())


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_client_credentials(party_of: Any, tenant: Any, method: str) -> None:
    party = party_of(tenant.create_machine(token_endpoint_auth_method=method))
    token = party.session.fetch_token(
        party.metadata["token_endpoint"], grant_type="client_credentials", audience=AUDIENCE
    )
    assert (token["scope"], token["token_type"]) == ("read:Movies", "Bearer")


def test_private_key_jwt(party_of: Any, tenant: Any, keys: list[tuple[str, str]]) -> None:
    app, (private, public) = tenant.create_machine(), keys[0]
    tenant.use_key(app, public)
    party = party_of({**app, "token_endpoint_auth_method": None}, client_secret=private)
    # Auth0 requires the issuer as the audience, and an assertion that lives at most five minutes.
    party.session.register_client_auth_method(
        PrivateKeyJWT(token_endpoint=party.issuer, claims={"exp": int(time.time()) + 60})
    )
    token = party.session.fetch_token(
        party.metadata["token_endpoint"], grant_type="client_credentials", audience=AUDIENCE
    )
    assert token["scope"] == "read:Movies"


def test_an_access_token_of_the_rfc_9068_profile_is_one(party_of: Any, tenant: Any) -> None:
    audience, secret = "https://authlib-9068.example", secrets.token_urlsafe(32)
    api = {
        "identifier": audience,
        "token_dialect": "rfc9068_profile",
        "signing_alg": "HS256",
        "signing_secret": secret,
        "scopes": [{"value": "read:Movies"}],
    }
    assert tenant.management("POST", "/resource-servers", api).status_code == 201
    party = party_of(tenant.create_machine(audience))
    token = party.session.fetch_token(
        party.metadata["token_endpoint"], grant_type="client_credentials", audience=audience
    )
    decoded = jwt.decode(token["access_token"], OctKey.import_key(secret), algorithms=["HS256"])
    essential = {name: {"essential": True} for name in ("iss", "exp", "aud", "sub", "client_id", "iat", "jti")}
    claims = JWTAccessTokenClaims(decoded.claims, decoded.header, {**essential, "aud": {"value": audience}}, {})
    claims.validate()
    assert decoded.header["typ"] == "at+jwt"
