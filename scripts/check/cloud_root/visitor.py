"""A visitor's browser, as far as it matters: sign in with code and PKCE, then call the APIs through CloudFront."""

import base64
import hashlib
import json
import secrets
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from scripts.errors import OperationError

_MOST_STEPS = 10  # redirects and forms between /authorize and the callback
SITE_HOST = "gatehouse-dev.localhost"  # the local AWS answers for a distribution at its comment


@dataclass(frozen=True)
class VisitorSettings:
    """The tenant and application to sign in to, and the address of the local AWS."""

    tenant_url: str
    certificate: Path
    client_id: str
    audience: str
    redirect_uri: str
    aws_url: str


class Visitor:
    """Somebody who has not been here before."""

    def __init__(self, settings: VisitorSettings) -> None:
        self._settings = settings
        context = ssl.create_default_context(cafile=settings.certificate)
        self._tenant = httpx.Client(base_url=settings.tenant_url, verify=context, timeout=20, trust_env=False)

    def sign_in(self, connection: str, scopes: Iterable[str], response_type: str = "code") -> str:
        """Sign in through the connection, ask for the scopes and return the access token.

        By code with PKCE (RFC 6749 §4.1, RFC 7636), or with `token` by the implicit grant (RFC 6749 §4.2).

        Raises:
            OperationError: the tenant answers something else than its documentation says.
        """
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state = secrets.token_urlsafe(16)
        request = {
            "response_type": response_type,
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "audience": self._settings.audience,
            "scope": " ".join(["openid", "profile", *scopes]),
            "connection": connection,
            "state": state,
            **({"code_challenge": challenge, "code_challenge_method": "S256"} if response_type == "code" else {}),
        }
        callback = self._walk_to_callback(self._tenant.get("/authorize", params=request))
        wanted = {"code": "code", "token": "access_token"}[response_type]
        if callback.get("state") != state or wanted not in callback:
            raise OperationError(f"the tenant answers {callback.get('error')}: {callback.get('error_description')}")
        return self._exchange(callback["code"], verifier) if response_type == "code" else callback["access_token"]

    def _exchange(self, code: str, verifier: str) -> str:
        answer = self._tenant.post(
            "/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": self._settings.client_id,
                "redirect_uri": self._settings.redirect_uri,
                "code": code,
                "code_verifier": verifier,
            },
        )
        if answer.status_code != httpx.codes.OK:
            raise OperationError(f"the code is not exchanged: {answer.status_code} {answer.text[:200]}")
        return str(answer.json()["access_token"])

    def call(self, path: str, token: str) -> int:
        """Call `/api<path>` of the site with the token and return the status."""
        return httpx.get(
            f"{self._settings.aws_url}/api{path}",
            headers={"host": SITE_HOST, "authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        ).status_code

    def _walk_to_callback(self, answer: httpx.Response) -> dict[str, str]:
        """Follow redirects and send each page's form as it is, with its first button; return the callback's answer."""
        for _ in range(_MOST_STEPS):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(self._settings.redirect_uri):
                    return dict(parse_qsl(urlsplit(target).query or urlsplit(target).fragment))
                answer = self._tenant.get(target)
            elif form := _Form.of(answer):
                answer = self._tenant.request(form.method, urljoin(str(answer.url), form.action), data=form.fields)
            else:
                break
        raise OperationError(
            f"{answer.request.url.path} answers {answer.status_code} and leads nowhere: {answer.text[:300]}"
        )


class _Form(HTMLParser):
    """The first form of a page: where it goes, and what it sends when its first button is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.method = "GET"
        self.fields: dict[str, str] = {}
        self._inside = self._pressed = False

    @classmethod
    def of(cls, answer: httpx.Response) -> "_Form | None":
        """Return the page's form, or None when it has none."""
        form = cls()
        form.feed(answer.text)
        return form if answer.status_code == httpx.codes.OK and form.action is not None else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the form's address, its fields and its first button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.method, self._inside = given.get("action", ""), given.get("method", "get").upper(), True
        if not self._inside or "name" not in given:
            return
        is_button = tag == "button" or given.get("type") == "submit"
        if (tag == "input" and not is_button) or (is_button and not self._pressed):
            self.fields[given["name"]] = given.get("value", "")
            self._pressed = self._pressed or is_button

    def handle_endtag(self, tag: str) -> None:
        """Stop at the end of the first form."""
        if tag == "form":
            self._inside = False


def lifetime(token: str) -> int:
    """Return for how many seconds a token (a JWT) was made; its signature is not looked at."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return int(claims["exp"] - claims["iat"])


def expectations(access_model: Mapping[str, Any], granted: Iterable[str]) -> dict[str, int]:
    """Return the status that each list (`GET /<api>`) must answer to somebody with the granted scopes."""
    held = set(granted)
    return {
        operation["path"]: httpx.codes.OK
        if any(held.issuperset(needed) for needed in operation["any_of"])
        else httpx.codes.FORBIDDEN
        for operation in access_model["operations"]
        if operation["method"] == "GET" and "{" not in operation["path"]
    }
