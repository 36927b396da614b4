"""`make token CONNECTION=<name>`: sign in at the running local tenant as the site does, and print the access token.

The code flow with PKCE over HTTP (RFC 6749 §4.1, RFC 7636), as Ada Lovelace. Only the token goes to standard output:

    curl -H "Authorization: Bearer $(make token CONNECTION=amazon)" ...
"""

import argparse
import base64
import hashlib
import html
import json
import os
import re
import secrets
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from scripts.build.data_files.access import load_access
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import settings
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.tools import ROOT

_PERSON = "ada@example.com"
_SCOPE = "openid profile email"
_STEPS = 6  # pages between /authorize and the application: the stand-in's form, consent, and their redirects
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True)
class _Request:
    """What is asked for: the application, where it is sent back to, and its secrets of this one sign-in."""

    client_id: str
    redirect_uri: str
    connection: str
    scope: str
    audience: str
    state: str
    verifier: str

    def parameters(self) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "connection": self.connection,
            "scope": self.scope,
            "audience": self.audience,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
        }


def main() -> None:
    """Print a token.

    Raises:
        UserError: the tenant is not up, or has no such connection.
        OperationError: the tenant refused the sign-in; the text says why.
    """
    arguments = _parser().parse_args()
    chosen = settings.from_environment(os.environ)
    with httpx.Client(base_url=chosen.issuer, timeout=30, trust_env=False) as http:
        _require_tenant(http, chosen)
        asked = _prepare(chosen, arguments.connection, arguments.scope)
        answer = _exchange(http, asked, _sign_in(http, asked))
    told = f"scope: {answer.get('scope', '(none)')}; valid for {answer['expires_in']} s"
    print(told, file=sys.stderr)
    print(answer["access_token"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make token", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connection", default=os.environ.get("CONNECTION", ""), help="default: CONNECTION")
    parser.add_argument(
        "--scope",
        default=os.environ.get("SCOPE") or _SCOPE,
        help=f'what to ask for; the Action adds what the connection grants (default: SCOPE, or "{_SCOPE}")',
    )
    return parser


def _require_tenant(http: httpx.Client, chosen: Settings) -> None:
    try:
        http.get("/.well-known/openid-configuration").raise_for_status()
    except httpx.HTTPError as error:
        raise UserError(f"no local tenant answers at {chosen.issuer}; run `make up` or `make tenant`.") from error


def _prepare(chosen: Settings, connection: str, scope: str) -> _Request:
    tenant = LocalTenant(chosen)
    known = tenant.connection_names()
    if connection not in known:
        problem = f"there is no connection '{connection}'" if connection else "say which connection"
        raise UserError(f"{problem}: CONNECTION=<one of {', '.join(known) or 'none'}>.")
    client_id = tenant.client_id()
    tenant.set_site_origin(client_id, chosen.site_origin)  # `make tenant` knows no site yet
    return _Request(
        client_id=client_id,
        redirect_uri=f"{chosen.site_origin}/",
        connection=connection,
        scope=scope,
        audience=load_access(ROOT / "auth0" / "access.yaml")["audience"],
        state=secrets.token_urlsafe(16),
        verifier=secrets.token_urlsafe(48),
    )


def _sign_in(http: httpx.Client, asked: _Request) -> str:
    """Go from /authorize through the tenant's pages to the application's address; return the code in it."""
    answer = http.get("/authorize", params=asked.parameters())
    for _ in range(_STEPS):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if target.startswith(asked.redirect_uri):
                return _code(target, asked)
            answer = http.get(target)
            continue
        csrf = _CSRF.search(answer.text)
        if csrf is None:
            break
        choice = {"decision": "accept"} if answer.url.path == "/u/consent" else {"person": _PERSON}
        answer = http.post(answer.url, data={"csrf": html.unescape(csrf[1]), **choice})
    raise OperationError(f"the tenant showed a page that ends no sign-in ({answer.status_code} {answer.url.path}).")


def _code(target: str, asked: _Request) -> str:
    fields = dict(parse_qsl(urlsplit(target).query))
    if "error" in fields:
        raise OperationError(f"the tenant refused the sign-in: {fields['error']}: {fields.get('error_description')}")
    if fields.get("state") != asked.state or "code" not in fields:
        raise OperationError("the tenant's answer belongs to another sign-in.")
    return fields["code"]


def _exchange(http: httpx.Client, asked: _Request, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect_uri,
        "code": code,
        "code_verifier": asked.verifier,
    }
    answer = http.post("/oauth/token", data=form)
    try:
        body: dict[str, Any] = answer.json()
    except json.JSONDecodeError:
        body = {}
    if answer.status_code != httpx.codes.OK or "access_token" not in body:
        said = body.get("error_description", "no JSON")
        raise OperationError(f"the tenant gave no token for the code ({answer.status_code}: {said}).")
    return body


if __name__ == "__main__":
    run(main)
