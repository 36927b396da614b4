"""Auth0's Management API with the credentials that Terraform uses (https://auth0.com/docs/api/management/v2)."""

import base64
import functools
import json
import time
import uuid
from typing import Any

import httpx
import jwt

from scripts.operate.doctor.findings import ProblemError
from scripts.operate.doctor.place import Place

_CREDENTIALS = (
    "set AUTH0_API_TOKEN, or AUTH0_CLIENT_ID with AUTH0_CLIENT_SECRET, or with AUTH0_CLIENT_ASSERTION_PRIVATE_KEY and "
    "AUTH0_CLIENT_ASSERTION_SIGNING_ALG, as for Terraform (terraform/cloud/providers.tf)"
)
_ASSERTION_SECONDS = 60


class Management:
    """A client of the API; every method raises ProblemError when the tenant cannot be asked."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - JSON
        """Return what a GET answers."""
        answer = self._send("GET", f"/api/v2/{path}", params=query, headers={"authorization": f"Bearer {self._token}"})
        if answer.status_code == httpx.codes.FORBIDDEN:
            scope = answer.json().get("message", "").rpartition("expected any of: ")[2] or "more scopes"
            raise ProblemError(f"GET /api/v2/{path} is forbidden", f"grant the application {scope} (Management API)")
        return self._json(answer)

    @functools.cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes of the token. Nothing is verified: it is the tenant's own word to us."""
        claims = self._token.split(".")[1]
        decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return frozenset(str(decoded.get("scope", "")).split())

    @functools.cached_property
    def _token(self) -> str:
        shell = self._place.shell
        if token := shell.get("AUTH0_API_TOKEN"):
            return token
        form = {"grant_type": "client_credentials", "audience": f"{self._url}/api/v2/", **self._client_credentials()}
        answer = self._send("POST", "/oauth/token", data=form)
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            reason = answer.json().get("error_description", answer.status_code)
            raise ProblemError(f"{self._url} refuses the credentials: {reason}", f"correct them: {_CREDENTIALS}")
        return str(self._json(answer)["access_token"])

    def _client_credentials(self) -> dict[str, str]:
        shell = self._place.shell
        client_id = shell.get("AUTH0_CLIENT_ID")
        if client_id and (secret := shell.get("AUTH0_CLIENT_SECRET")):
            return {"client_id": client_id, "client_secret": secret}
        key, algorithm = (shell.get(f"AUTH0_CLIENT_ASSERTION_{name}") for name in ("PRIVATE_KEY", "SIGNING_ALG"))
        if client_id and key and algorithm:
            return {
                "client_id": client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(client_id, key, algorithm),
            }
        raise ProblemError("no credentials of the tenant are set", _CREDENTIALS)

    def _assertion(self, client_id: str, key: str, algorithm: str) -> str:
        """RFC 7523 section 3."""
        now = int(time.time())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": f"{self._url}/",
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        try:
            return jwt.encode({**claims, "jti": str(uuid.uuid4())}, key, algorithm)
        except (jwt.PyJWTError, ValueError, NotImplementedError) as error:
            fix = "give the PEM itself, and RS256, RS384 or PS256"
            raise ProblemError(
                f"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY cannot sign: {type(error).__name__}", fix
            ) from error

    @property
    def _url(self) -> str:
        if self._place.tenant_url is None:
            raise ProblemError(
                "AUTH0_DOMAIN is not set",
                f"export the domain of the tenant of {self._place.issuer}; then {_CREDENTIALS}",
            )
        return self._place.tenant_url

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        try:
            return httpx.request(method, f"{self._url}{path}", timeout=20, **options)
        except httpx.HTTPError as error:
            fix = "run `make up`" if self._place.account is None else "correct AUTH0_DOMAIN, or look at the network"
            raise ProblemError(f"{self._url} does not answer ({type(error).__name__})", fix) from error

    def _json(self, answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        try:
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            fix = "correct AUTH0_DOMAIN, or look at Auth0's status page"
            raise ProblemError(f"{answer.url.path} answers {answer.status_code}, not JSON", fix) from error
