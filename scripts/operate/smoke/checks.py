"""The checks: the request of each, and the judgement of its answers. They only read."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import httpx

from scripts.build.data_files.operations import operations
from scripts.hostile_tokens import runner
from scripts.hostile_tokens.case import Answer
from scripts.management_api import ManagementApi
from scripts.operate import provider_redirect
from scripts.operate.provider_redirect import NoProviderError, Site
from scripts.operate.smoke.addresses import Addresses

type Problem = str | None
"""The fault of an answer; None if it has none."""

_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""The least that each security header must say (terraform/modules/site/headers.tf)."""

_SCRIPT = re.compile(r'<script[^>]* src="(/[^"]+\.js)"')


class Check(NamedTuple):
    """A request that can be sent many times, and the judgement of its answers."""

    name: str
    send: Callable[[], httpx.Response]
    problem: Callable[[httpx.Response], Problem]


class Route(NamedTuple):
    """A GET operation that needs no parameter: its path, and whether it is public."""

    path: str
    is_public: bool

    @property
    def api(self) -> str:
        """The name of its API."""
        return self.path.split("/")[1]


def routes(apis: Mapping[str, dict[str, Any]]) -> list[Route]:
    """Return the GET operations of OpenAPI documents that can be called by their path alone."""
    return [
        Route(operation.path, operation.any_of is None)
        for document in apis.values()
        for operation in operations(document)
        if operation.method == "GET" and "{" not in operation.path and not _required(document, operation.path)
    ]


def of_site(addresses: Addresses, audience: str, found: list[Route]) -> Iterator[Check]:
    """Yield the checks of what every visitor gets: the page, its files, headers and configuration."""
    site = addresses.site
    yield Check("index", lambda: site.get("/"), _page)
    yield Check("security headers", lambda: site.get("/"), _headers)
    yield Check("the page's script", lambda: _script(site), _javascript)
    yield Check("config.json", lambda: site.get("/config.json"), lambda answer: _config(answer, addresses, audience))
    for api in sorted({route.api for route in found}):
        yield Check(f"deep link /{api}", lambda api=api: site.get(f"/{api}"), _page)  # type: ignore[misc]
    yield Check("unknown API", lambda: site.get("/api/no-such-api"), lambda answer: _json(answer, 404))


def of_apis(addresses: Addresses, found: list[Route], forged: str) -> Iterator[Check]:
    """Yield the checks that need no token: public operations, refusals, and the APIs' own addresses."""
    for route in found:
        if route.is_public:
            yield _get(addresses, route, {}, f"{_named(route)} without a token", lambda answer: _json(answer, 200))
        else:
            yield _get(addresses, route, {}, f"{_named(route)} without a token: 401", _unauthorized)
    for route in _first_guarded(found):
        yield _get(addresses, route, _bearer(forged), f"{_named(route)} with a foreign token: 401", _unauthorized)
    for name, stage in sorted(addresses.stages.items()):
        own = [route for route in found if route.api == name]
        for route in sorted(own, key=lambda route: not route.is_public)[:1]:
            yield _around(stage, route, is_refused=addresses.origin_key_required)


def of_connections(client_ids: Mapping[str, str], tenant: ManagementApi, site: Site) -> Iterator[Check]:
    """Yield a check for each declared client id: the tenant must send visitors to the provider with it."""
    for name, declared in sorted(client_ids.items()):
        yield Check(
            f"sign-in by {name}: the declared client id",
            lambda name=name: provider_redirect.visit(tenant, site, name),  # type: ignore[misc]
            lambda answer, name=name, declared=declared: _provider(answer, name, declared),  # type: ignore[misc]
        )


def with_token(addresses: Addresses, found: list[Route], token: str, opened: Mapping[str, bool]) -> Iterator[Check]:
    """Yield a check for each guarded operation: 200 if the token opens it, otherwise 403.

    `opened`: by operation, such as `GET /movies`, whether the deployed authorizer's own code lets the token call it.
    """
    for route in found:
        if route.is_public or _named(route) not in opened:
            continue
        wanted = Answer.ALLOW if opened[_named(route)] else Answer.DENY
        name = f"{_named(route)} with a good token: {wanted.value}"
        yield _get(addresses, route, _bearer(token), name, lambda answer, wanted=wanted: _answered(answer, wanted))  # type: ignore[misc]


def with_expired(addresses: Addresses, found: list[Route], token: str) -> Iterator[Check]:
    """Yield a check that an expired token of the tenant is refused."""
    for route in _first_guarded(found):
        yield _get(addresses, route, _bearer(token), f"{_named(route)} with an expired token: 401", _unauthorized)


def _get(
    addresses: Addresses,
    route: Route,
    headers: Mapping[str, str],
    name: str,
    problem: Callable[[httpx.Response], Problem],
) -> Check:
    return Check(name, lambda: addresses.site.get(f"/api{route.path}", headers=dict(headers)), problem)


def _around(stage: httpx.Client, route: Route, *, is_refused: bool) -> Check:
    """Return the check of an API's own address: if the origin key is required, it refuses callers without the key."""
    open_status = 200 if route.is_public else 401
    wanted = 403 if is_refused else open_status
    name = f"{route.api}'s own address{'' if is_refused else ', no origin key required'}: {wanted}"
    return Check(name, lambda: stage.get(route.path), lambda answer: status(answer, wanted))


def _first_guarded(found: list[Route]) -> list[Route]:
    return [route for route in found if not route.is_public][:1]


def _named(route: Route) -> str:
    return f"GET {route.path}"


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _required(document: Mapping[str, Any], path: str) -> bool:
    item = document["paths"][path]
    return any(each.get("required") for each in [*item.get("parameters", []), *item["get"].get("parameters", [])])


def status(answer: httpx.Response, wanted: int) -> Problem:
    """Return the fault of an answer's status, if any."""
    return None if answer.status_code == wanted else f"answered {answer.status_code} instead of {wanted}"


def _json(answer: httpx.Response, wanted: int) -> Problem:
    if problem := status(answer, wanted):
        return problem
    try:
        return None if isinstance(answer.json(), dict) else f"answered {wanted} without a JSON object"
    except ValueError:
        return f"answered {wanted} without JSON"


def _answered(answer: httpx.Response, wanted: Answer) -> Problem:
    return _json(answer, 200) if wanted is Answer.ALLOW else runner.problem(answer, wanted)


def _unauthorized(answer: httpx.Response) -> Problem:
    problem = runner.problem(answer, Answer.UNAUTHORIZED)
    return problem or (None if answer.json().get("request_id") else "answered 401 without a request_id")


def _provider(answer: httpx.Response, connection: str, declared: str) -> Problem:
    try:
        found = provider_redirect.client_id_in(answer, connection)
    except NoProviderError as error:
        return str(error)
    fix = f"set yours with `make secret NAME={connection}`"
    return None if found == declared else f"the client id is {found}, not that of connection_client_ids; {fix}"


def _page(answer: httpx.Response) -> Problem:
    if problem := status(answer, 200):
        return problem
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return f"answered with {answer.headers.get('content-type', 'no type')} instead of text/html"
    return None if _SCRIPT.search(answer.text) else "answered with another page than the site's: it has no script"


def _script(site: httpx.Client) -> httpx.Response:
    page = site.get("/")
    found = _SCRIPT.search(page.text)
    return site.get(found[1]) if found else page


def _javascript(answer: httpx.Response) -> Problem:
    kind = answer.headers.get("content-type", "no type")
    return status(answer, 200) or (None if "javascript" in kind else f"answered with {kind} instead of JavaScript")


def _headers(answer: httpx.Response) -> Problem:
    wrong = [name for name, says in _HEADERS.items() if says not in answer.headers.get(name, "")]
    return f"{', '.join(wrong)}: missing, or not as declared" if wrong else None


def _config(answer: httpx.Response, addresses: Addresses, audience: str) -> Problem:
    if problem := _json(answer, 200):
        return problem
    auth0 = answer.json().get("auth0", {})
    if f"{auth0.get('domain')}/" != addresses.issuer:
        return f"names the tenant {auth0.get('domain')}, not {addresses.issuer}"
    if auth0.get("audience") != audience:
        return f"names the audience {auth0.get('audience')}, not {audience}"
    return None if auth0.get("client_id") else "names no client_id"
