"""Signs in without a browser: sends a visitor's requests and forms, and follows the redirects, over HTTP.

It uses the authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636) or the implicit grant (RFC 6749 §4.2).
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from scripts.errors import OperationError

_MOST_STEPS = 10  # the most redirects and forms between /authorize and the application


@dataclass(frozen=True)
class Application:
    """The application as registered at the tenant, and the API that it requests a token for."""

    client_id: str
    redirect_uri: str
    audience: str


def sign_in(
    tenant: httpx.Client,
    application: Application,
    *,
    connection: str,
    scope: str,
    person: str | None = None,
    response_type: str = "code",
) -> dict[str, Any]:
    """Sign in through a connection and return the token response: `access_token`; with a code, all other members too.

    `tenant` is a client with the tenant's address as its base URL; it sends the cookies of earlier sign-ins. `person`
    is the e-mail address of one of the local tenant's people; by default the first on the page.

    Raises:
        OperationError: the tenant refuses, or does not answer as documented.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    request = {
        "response_type": response_type,
        "client_id": application.client_id,
        "redirect_uri": application.redirect_uri,
        "audience": application.audience,
        "connection": connection,
        "scope": scope,
        "state": state,
        "nonce": secrets.token_urlsafe(16),
    }
    if response_type == "code":
        request |= code_challenge(verifier)
    callback = _walk(tenant, application, tenant.get("/authorize", params=request), person)
    if "error" in callback:
        said = f"{callback['error']}: {callback.get('error_description')}"
        raise OperationError(f"the tenant refused the sign-in: {said}")
    wanted = {"code": "code", "token": "access_token"}[response_type]
    if callback.get("state") != state or wanted not in callback:
        raise OperationError("the tenant's answer belongs to another sign-in.")
    return _exchange(tenant, application, callback["code"], verifier) if response_type == "code" else callback


def sign_in_machine(tenant: httpx.Client, audience: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """Sign in as a machine client (RFC 6749 §4.4) and return the token response.

    The request names no scopes, so the token gets all that the client is granted.

    Raises:
        OperationError: the tenant refuses.
    """
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return _token(tenant.post("/oauth/token", data={**form, "audience": audience}), "the machine client")


def code_challenge(verifier: str) -> dict[str, str]:
    """Return the parameters of an authorization request that name a code verifier by its hash (RFC 7636 §4.2, §4.3)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"code_challenge": challenge, "code_challenge_method": "S256"}


def _walk(tenant: httpx.Client, application: Application, answer: httpx.Response, person: str | None) -> dict[str, str]:
    """Follow redirects and submit each page's form with its first button; return the parameters of the redirect URI."""
    for _ in range(_MOST_STEPS):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if target.startswith(application.redirect_uri):
                return dict(parse_qsl(urlsplit(target).query or urlsplit(target).fragment))
            answer = tenant.get(target)
        elif form := _Form.of(answer):
            if person is not None and "person" in form.fields:
                form.fields["person"] = person
            answer = tenant.request(form.method, urljoin(str(answer.url), form.action), data=form.fields)
        else:
            break
    raise OperationError(f"the tenant's page does not end the sign-in ({answer.status_code} {answer.url.path}).")


def _exchange(tenant: httpx.Client, application: Application, code: str, verifier: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "client_id": application.client_id,
        "redirect_uri": application.redirect_uri,
        "code": code,
        "code_verifier": verifier,
    }
    return _token(tenant.post("/oauth/token", data=form), "the code")


def _token(answer: httpx.Response, grant: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = answer.json()
    except json.JSONDecodeError:
        body = {}
    if answer.status_code != httpx.codes.OK or "access_token" not in body:
        said = body.get("error_description", "no JSON")
        raise OperationError(f"the tenant gave no token for {grant} ({answer.status_code}: {said}).")
    return body


class _Form(HTMLParser):
    """The first form of a page: its action, and the fields that its first button submits."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self._found = False
        self.method = "GET"
        self.fields: dict[str, str] = {}
        self._inside = self._pressed = False

    @classmethod
    def of(cls, answer: httpx.Response) -> "_Form | None":
        """Return the page's first form; None when it has none."""
        form = cls()
        form.feed(answer.text)
        return form if answer.status_code == httpx.codes.OK and form._found else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the form's action, its fields and its first button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._found:
            self.action, self.method = given.get("action", ""), given.get("method", "get").upper()
            self._found = self._inside = True
        if not self._inside or "name" not in given:
            return
        is_button = tag == "button" or given.get("type") == "submit"
        if (tag == "input" and not is_button) or (is_button and not self._pressed):
            self.fields[given["name"]] = given.get("value", "")
            self._pressed = self._pressed or is_button

    def handle_endtag(self, tag: str) -> None:
        """Ignore everything after the first form."""
        if tag == "form":
            self._inside = False
