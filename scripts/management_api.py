"""A client of Auth0's Management API, for every command that calls it (https://auth0.com/docs/api/management/v2)."""

import base64
import functools
import json
import ssl
import time
import uuid
import weakref
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

import httpx
import jwt

from scripts.child_environment import is_this_machine
from scripts.errors import OperationError, UserError

CREDENTIALS_HELP = (
    "set AUTH0_API_TOKEN, or AUTH0_CLIENT_ID with AUTH0_CLIENT_SECRET, or with AUTH0_CLIENT_ASSERTION_PRIVATE_KEY and "
    "AUTH0_CLIENT_ASSERTION_SIGNING_ALG, as for Terraform (terraform/cloud/providers.tf)"
)
APPLICATION_MARK = "gatehouse_audience"
"""The client metadata that marks the site's application: module auth0 sets it, and the Action reads it."""

_ASSERTION_SECONDS = 60
_PER_PAGE = 100  # Auth0's maximum
_TRIES = 10
_LONGEST_WAIT_SECONDS = 60
_TIMEOUT_SECONDS = 30


class ManagementError(OperationError):
    """The tenant does not answer, or refuses the request.

    `problem` and `fix` are for people. `status` is the HTTP status, None without an answer. `missing_scope`: whether
    the application lacks a scope.
    """

    def __init__(self, problem: str, fix: str, status: int | None = None, *, missing_scope: bool = False) -> None:
        super().__init__(f"{problem}; {fix}.")
        self.problem = problem
        self.fix = fix
        self.status = status
        self.missing_scope = missing_scope


def tenant_url(environment: Mapping[str, str]) -> str | None:
    """Return the tenant's URL from AUTH0_DOMAIN, a host with or without a scheme; None if it is not set."""
    domain = environment.get("AUTH0_DOMAIN", "").removeprefix("https://").rstrip("/")
    return f"https://{domain}" if domain else None


@functools.cache  # reading the certificate authorities takes longer than most requests
def _trusted(authority: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority) if authority else httpx.create_ssl_context()


class ManagementApi:
    """The API of one tenant. Every method raises ManagementError if the tenant does not answer as documented.

    `url`: the tenant's address without a trailing slash; None if none is configured. `credentials`: the variables that
    Terraform's provider reads. After 429 (too many requests) the client waits and asks again.
    """

    def __init__(self, url: str | None, credentials: Mapping[str, str]) -> None:
        self._given_url = url
        self._credentials = credentials

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to `GET /api/v2/<path>`."""
        return self.send("GET", path, query=query)

    def rows(self, path: str, key: str, **query: str | int) -> list[dict[str, Any]]:
        """Return all rows of a list, from all pages; `key` is the member that holds the rows in each answer."""
        return [row for page in self._pages(path, key, query) for row in page]

    def clients_of_connection(self, connection_id: str) -> set[str]:
        """Return the client ids of the applications for which a connection is enabled (checkpoint pagination)."""
        found: set[str] = set()
        query: dict[str, str | int] = {}
        while True:
            answer = self.get(f"connections/{connection_id}/clients", **query)
            found.update(client["client_id"] for client in answer["clients"])
            if not answer.get("next"):
                return found
            query = {"from": answer["next"]}

    def visit(self, path: str, **query: str) -> httpx.Response:
        """Return the tenant's answer to a visitor's `GET <path>`, without a token; does not follow redirects."""
        return self._ask("GET", path, params=query)

    def send(self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Send a request to `/api/v2/<path>`, with `body` as JSON; return the answer's JSON, None if it is empty."""
        headers = {"authorization": f"Bearer {self._token}"}
        options = {} if body is None else {"json": body}
        answer = self._ask(method, f"/api/v2/{path}", params=query, headers=headers, **options)
        _, lacks, scope = _message(answer).partition("expected any of: ")
        if answer.status_code == httpx.codes.FORBIDDEN and lacks:
            fix = f"grant the application {scope} (Management API)"
            raise ManagementError(f"{method} /api/v2/{path} is forbidden", fix, 403, missing_scope=True)
        return _json(answer)

    @functools.cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes of our access token. Nobody verifies its signature: the tenant has just issued it to us."""
        claims = self._token.split(".")[1]
        decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return frozenset(str(decoded.get("scope", "")).split())

    def require_scopes(self, needed: Collection[str], remedy: str) -> None:
        """Raise UserError if our access token lacks a needed scope; `remedy` completes "load ..." in its sentence."""
        if missing := sorted(set(needed) - self.scopes):
            raise UserError(f"the application of these credentials lacks {', '.join(missing)}: load {remedy}")

    def _pages(self, path: str, key: str, query: Mapping[str, str | int]) -> Iterator[list[dict[str, Any]]]:
        page = 0
        while True:
            answer = self.get(path, **query, page=page, per_page=_PER_PAGE)
            rows: list[dict[str, Any]] = answer[key] if isinstance(answer, dict) else answer
            yield rows
            if len(rows) < _PER_PAGE:
                return
            page += 1

    @functools.cached_property
    def _token(self) -> str:
        if token := self._credentials.get("AUTH0_API_TOKEN"):
            return token
        form = {"grant_type": "client_credentials", "audience": f"{self._url}/api/v2/", **self._client_credentials()}
        answer = self._ask("POST", "/oauth/token", data=form)
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise ManagementError(
                f"{self._url} refuses the credentials: {_message(answer)}",
                f"correct them: {CREDENTIALS_HELP}",
                answer.status_code,
            )
        return str(_json(answer)["access_token"])

    def _client_credentials(self) -> dict[str, str]:
        given = self._credentials
        client_id = given.get("AUTH0_CLIENT_ID")
        if client_id and (secret := given.get("AUTH0_CLIENT_SECRET")):
            return {"client_id": client_id, "client_secret": secret}
        key, algorithm = (given.get(f"AUTH0_CLIENT_ASSERTION_{name}") for name in ("PRIVATE_KEY", "SIGNING_ALG"))
        if client_id and key and algorithm:
            return {
                "client_id": client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(client_id, key, algorithm),
            }
        raise ManagementError("no credentials of the tenant are set", CREDENTIALS_HELP)

    def _assertion(self, client_id: str, key: str, algorithm: str) -> str:
        """Return a signed client assertion (RFC 7523 section 3)."""
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
            raise ManagementError(
                f"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY cannot sign: {type(error).__name__}",
                "give the PEM itself, and RS256, RS384 or PS256",
            ) from error

    @property
    def _url(self) -> str:
        if self._given_url is None:
            raise ManagementError("AUTH0_DOMAIN is not set", f"export the tenant's domain, then {CREDENTIALS_HELP}")
        return self._given_url

    @functools.cached_property
    def _http(self) -> httpx.Client:
        authority = self._credentials.get("SSL_CERT_FILE")
        http = httpx.Client(
            base_url=self._url,
            timeout=_TIMEOUT_SECONDS,
            verify=_trusted(authority),
            trust_env=not is_this_machine(self._url),  # a proxy cannot reach this machine's own names
        )
        weakref.finalize(self, http.close)  # for callers without `with`
        return http

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        for attempt in range(_TRIES):
            try:
                answer = self._http.request(method, path, **options)
            except httpx.HTTPError as error:
                local = is_this_machine(self._url)
                fix = "run `make up`" if local else "correct AUTH0_DOMAIN, or look at the network"
                raise ManagementError(f"{self._url} does not answer ({type(error).__name__})", fix) from error
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or attempt + 1 == _TRIES:
                break
            time.sleep(_seconds_until_reset(answer))
        return answer


def _seconds_until_reset(answer: httpx.Response) -> float:
    """Return the seconds to wait after a 429: until the Unix time in `x-ratelimit-reset`, or one second without it.

    https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
    """
    try:
        remaining = int(answer.headers["x-ratelimit-reset"]) - time.time()
    except (KeyError, ValueError):
        remaining = 1.0
    return min(max(remaining, 0.1), _LONGEST_WAIT_SECONDS)


def _message(answer: httpx.Response) -> str:
    """Return an error's text (`message`, or `error_description` of the token endpoint), or nothing."""
    try:
        said = answer.json() if answer.is_error else {}
    except ValueError:
        return ""
    return str(said.get("message") or said.get("error_description") or "") if isinstance(said, dict) else ""


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    path = answer.url.path
    if answer.is_error:
        fixes = {
            httpx.codes.TOO_MANY_REQUESTS: "wait a minute: another program is using up the tenant's rate limit",
            httpx.codes.NOT_FOUND: "correct AUTH0_DOMAIN, if it names no Auth0 tenant",
        }
        fix = fixes.get(httpx.codes(answer.status_code), "read the message, and look at https://status.auth0.com")
        raise ManagementError(
            f"{answer.request.method} {path} answers {answer.status_code} {_message(answer)}".rstrip(),
            fix,
            answer.status_code,
        )
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        fix = "correct AUTH0_DOMAIN: an Auth0 tenant answers with JSON"
        raise ManagementError(f"{path} answers {answer.status_code}, not JSON", fix, answer.status_code) from error
