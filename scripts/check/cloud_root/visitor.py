"""Acts as a visitor's browser: signs in with code and PKCE, then calls the APIs through CloudFront."""

import base64
import json
import ssl
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.sign_in import Application, sign_in

SITE_HOST = "gatehouse-dev.localhost"  # the local AWS serves a distribution at the name in its comment


@dataclass(frozen=True)
class VisitorSettings:
    """The tenant and application to sign in to, and the address of the local AWS."""

    tenant_url: str
    certificate: Path
    client_id: str
    audience: str
    redirect_uri: str
    aws_url: str
    site_host: str = SITE_HOST


class Visitor:
    """A new visitor, without cookies."""

    def __init__(self, settings: VisitorSettings) -> None:
        self._settings = settings
        context = ssl.create_default_context(cafile=settings.certificate)
        self._tenant = httpx.Client(base_url=settings.tenant_url, verify=context, timeout=20, trust_env=False)
        weakref.finalize(self, self._tenant.close)

    def sign_in(self, connection: str, scopes: Iterable[str], response_type: str = "code") -> str:
        """Sign in through the connection with the given scopes, and return the access token.

        Raises:
            OperationError: the tenant does not answer as documented.
        """
        application = Application(self._settings.client_id, self._settings.redirect_uri, self._settings.audience)
        scope = " ".join(["openid", "profile", *scopes])
        answer = sign_in(self._tenant, application, connection=connection, scope=scope, response_type=response_type)
        return str(answer["access_token"])

    def call(self, path: str, token: str) -> int:
        """Call `/api<path>` of the site with the token and return the status."""
        return httpx.get(
            f"{self._settings.aws_url}/api{path}",
            headers={"host": self._settings.site_host, "authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        ).status_code


def lifetime(token: str) -> int:
    """Return the lifetime of a token (a JWT) in seconds; its signature is not verified."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return int(claims["exp"] - claims["iat"])


def expectations(access_model: Mapping[str, Any], granted: Iterable[str]) -> dict[str, int]:
    """Return the status that each list (`GET /<api>`) must answer to a caller with the granted scopes."""
    held = set(granted)
    return {
        operation["path"]: httpx.codes.OK
        if any(held.issuperset(needed) for needed in operation["any_of"])
        else httpx.codes.FORBIDDEN
        for operation in access_model["operations"]
        if operation["method"] == "GET" and "{" not in operation["path"]
    }
