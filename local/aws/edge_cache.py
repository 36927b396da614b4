"""CloudFront caches answers: Developer Guide, "Manage how long content stays in the cache".

ministack asks the origin each time. Without this addition, a stale page, or one visitor's error given to another, would
show only on AWS. It caches answers to GET, as the cache policy and the origin's Cache-Control say, and errors, as the
guide says in "How CloudFront caches HTTP 4xx and 5xx status codes". The cache key is the path with the additions of the
policy. There is one edge location. The addition ignores `Expires`, `Vary`, ranges and an unreachable origin.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ministack.services import cloudfront

from local.aws.private_names import OriginReply, Reply, require, wrap

_ERRORS_KEPT_ALWAYS = frozenset({500, 502, 503, 504})
_ERRORS_KEPT_UNLESS_NO_STORE = frozenset({404, 410, 414, 501})
_ERRORS_KEPT_IF_TOLD = frozenset({400, 403, 405, 412, 415})  # cached only with max-age or s-maxage
_ERROR_SECONDS = 10  # without an ErrorCachingMinTTL
_CONDITIONS = frozenset({"if-match", "if-modified-since", "if-none-match", "if-unmodified-since"})
_LARGEST = 1_000  # answers
_READS = frozenset({"GET", "HEAD"})
_DIRECTIVE = re.compile(r"([a-z-]+)(?:=\"?(\d+))?")
_NOT_MODIFIED = 304
_OK = 200


@dataclass
class Visit:
    """One viewer's request: the inputs of its answer and, if the answer comes from the cache, its age in seconds.

    `accepts`: the encodings of Accept-Encoding.
    """

    distribution_id: str
    behavior: dict[str, Any]
    error_seconds: dict[int, int]
    accepts: frozenset[str]
    age: int | None = None

    @property
    def policy(self) -> dict[str, Any]:
        """The cache policy's configuration; empty if the behaviour has none."""
        policy_id = self.behavior.get("cache_policy_id")
        found = cloudfront._cache_policies.get(policy_id) or cloudfront._MANAGED_CACHE_POLICIES.get(policy_id)
        return dict(found["Config"]) if found else {}


@dataclass(frozen=True)
class _Kept:
    reply: OriginReply
    uri: str
    since: float  # seconds on the monotonic clock
    until: float


visit: ContextVar[Visit | None] = ContextVar("visit", default=None)
"""Set while a viewer's request is answered."""

_kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()


async def handle_viewer_request(
    original: Callable[..., Awaitable[Reply]],
    distribution: dict[str, Any],
    method: str,
    path: str,
    raw_uri: str,
    raw_query: str,
    headers: dict[str, str],
    *rest: object,
) -> Reply:
    """Answer a viewer, from the cache if allowed."""
    settings = cloudfront.parse_distribution_dataplane_config(distribution)
    behavior = cloudfront._match_behavior(settings, path) or {}
    token = visit.set(Visit(distribution["Id"], behavior, settings["error_seconds"], _accepted(headers)))
    try:
        status, answered, body = await original(distribution, method, path, raw_uri, raw_query, headers, *rest)
        age = visit.get().age  # type: ignore[union-attr] # set above
    finally:
        visit.reset(token)
    if age is not None:
        outcome = "Hit from cloudfront" if status < 400 else "Error from cloudfront"
        answered = {**answered, "X-Cache": outcome, "Age": str(age)}
    if status == _OK and method in _READS and _holds(headers, answered):
        dropped = ("Content-Length", "Content-Type", "Content-Encoding")
        return _NOT_MODIFIED, {name: value for name, value in answered.items() if name not in dropped}, b""
    return status, answered, body


async def fetch_from_origin(
    original: Callable[..., Awaitable[OriginReply]],
    origin: dict[str, Any],
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    *rest: object,
) -> OriginReply:
    """Return a fresh answer from the cache, or else the origin's, and cache that for as long as allowed."""
    here = visit.get()
    if here is None or method not in _READS or "range" in headers:
        return await original(origin, method, uri, query, headers, *rest)
    key = (here.distribution_id, origin["id"], uri, *_key_of_policy(here.policy, query, headers))
    now = time.monotonic()
    kept = _kept.get(key)
    if kept and now < kept.until:
        here.age = int(now - kept.since)
        status, reason, answered, body = kept.reply
        return status, reason, dict(answered), body if method == "GET" else b""
    if _keeps(here.policy):  # the viewer's conditions are compared with the cached answer
        headers = {name: value for name, value in headers.items() if name not in _CONDITIONS}
    reply = await original(origin, method, uri, query, headers, *rest)
    seconds = _seconds(reply, here)
    if method == "GET" and seconds > 0:
        _kept[key] = _Kept(reply, uri, now, now + seconds)
        while len(_kept) > _LARGEST:
            _kept.popitem(last=False)
    return reply


def create_invalidation(original: Callable[..., Reply], distribution_id: str, body: bytes) -> Reply:
    """CreateInvalidation: forget the answers whose paths it names; `*` at a path's end matches any rest."""
    reply = original(distribution_id, body)
    if reply[0] == 201:
        for element in ElementTree.fromstring(body).iter():  # noqa: S314 -- ministack has parsed it already
            if element.tag.rpartition("}")[2] == "Path":
                _forget(distribution_id, element.text or "")
    return reply


def _accepted(headers: dict[str, str]) -> frozenset[str]:
    offers = [offer.replace(" ", "").partition(";") for offer in headers.get("accept-encoding", "").lower().split(",")]
    return frozenset(name for name, _, weight in offers if not re.fullmatch(r"q=0(\.0*)?", weight))


def _forget(distribution_id: str, path: str) -> None:
    for key, kept in list(_kept.items()):
        named = kept.uri.startswith(path[:-1]) if path.endswith("*") else kept.uri == path
        if key[0] == distribution_id and named:
            del _kept[key]


def _key_of_policy(policy: dict[str, Any], query: str, headers: dict[str, str]) -> tuple[object, ...]:
    """Return the parts that the policy adds to the cache key; for all three, the usual setting is "none"."""
    parameters = policy.get("Parameters") or {}
    named = {name.lower() for name in parameters.get("Headers") or []}
    return (
        query if parameters.get("QueryStringBehavior", "none") != "none" else "",
        headers.get("cookie") if parameters.get("CookieBehavior", "none") != "none" else None,
        tuple(sorted((name, value) for name, value in headers.items() if name in named)),
    )


def _keeps(policy: dict[str, Any]) -> bool:
    return int(policy.get("MaxTTL") or 0) > 0


def _seconds(reply: OriginReply, here: Visit) -> float:
    """Return how long to cache the answer; 0 means not at all."""
    status, _, headers, _ = reply
    said = dict(_DIRECTIVE.findall(str(headers.get("cache-control", "")).lower()))
    told = next((int(said[name]) for name in ("s-maxage", "max-age") if said.get(name)), None)
    refused = not said.keys().isdisjoint({"no-cache", "no-store", "private"})
    least, usual, most = (int(here.policy.get(name) or 0) for name in ("MinTTL", "DefaultTTL", "MaxTTL"))
    if status == _OK:
        if refused:
            return least
        return max(least, min(told if told is not None else usual, most))
    if status in _ERRORS_KEPT_IF_TOLD and told is None:
        return 0
    if status in _ERRORS_KEPT_UNLESS_NO_STORE and "no-store" in said:
        return 0
    if status in _ERRORS_KEPT_IF_TOLD | _ERRORS_KEPT_UNLESS_NO_STORE | _ERRORS_KEPT_ALWAYS:
        return max(here.error_seconds.get(status, _ERROR_SECONDS), min(told or 0, most))
    return 0


def _holds(asked: dict[str, str], answered: dict[str, Any]) -> bool:
    """Return whether the viewer already has this answer: RFC 9110 §13.1.2, compared weakly, and §13.1.3."""
    headers = {name.lower(): str(value) for name, value in answered.items()}
    if wanted := asked.get("if-none-match"):
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or headers.get("etag", "").removeprefix("W/") in tags
    since = asked.get("if-modified-since")
    return bool(since) and since == headers.get("last-modified")


def install() -> None:
    """Put the cache between ministack's viewers and its origins."""
    require(cloudfront, "_cache_policies", "_MANAGED_CACHE_POLICIES", "_match_behavior")
    wrap(cloudfront, "_fetch_from_origin", fetch_from_origin)
    wrap(cloudfront, "_create_invalidation", create_invalidation)
    wrap(cloudfront, "handle_viewer_request", handle_viewer_request)
