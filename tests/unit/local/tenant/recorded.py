"""Replays recordings of the real Management API on a fresh tenant, and compares each answer's status and shape.

A recording is a go-vcr cassette of auth0/terraform-provider-auth0, test/data/recordings. A shape is the names of all
members of an answer, at every depth, with their JSON types.
"""

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import yaml

from local.tenant import seed
from local.tenant.action_process import ActionProcess
from local.tenant.app import create_app
from local.tenant.listeners import Listeners
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Store
from local.tenant.tenant import Tenant

API = "/api/v2/"
PORT, TLS_PORT = 4580, 4581
_ID = re.compile(
    r"(?:con|cgr|cred|cd|lst|tpc|rol|org)_\w{10,30}|\b[0-9a-f]{24}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{32}(?![A-Za-z0-9])"
)
_ID_MEMBER = re.compile(r"id|client_id|themeId|\w+_id|kid")
# Documents that every tenant has. A recorded tenant may have changed some earlier; ours copies that before the replay.
_SINGLE = re.compile(r"/api/v2/(tenants/settings|prompts|branding|attack-protection/[a-z-]+)")
# Members that only answers have; no change accepts them.
_ANSWERED_ONLY = ("universal_login", "sandbox_versions_available")
_FLAGS_ANSWERED_ONLY = (
    "cannot_change_enforce_client_authentication_on_passwordless_start",
    "enforce_client_authentication_on_passwordless_start",
)


@dataclass
class Tally:
    """How many answers of one kind were compared, how many had the same status and shape, and the differences."""

    compared: int = 0
    status: int = 0
    shape: int = 0
    differences: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcome:
    """Tallies by kind (the first part of a path), the routes that answered 501, and the skipped requests by reason."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    not_compared: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Younger:
    """A difference because Auth0 changed after the SDK version of the recording; `since` is the first later version."""

    what: re.Pattern[str]
    since: tuple[int, ...]


def replay_all(cassettes: list[Path], kinds: list[str], younger: list[Younger], directory: Path) -> Outcome:
    """Replay the recordings of these kinds, each on a fresh tenant below `directory`; return the outcome."""
    outcome = Outcome({kind: Tally() for kind in kinds})
    _prepare(directory / "fresh").store.close()
    for cassette in cassettes:
        text = cassette.read_text(encoding="utf-8")
        interactions = [
            row for row in yaml.load(text, yaml.CSafeLoader)["interactions"] if API in row["request"]["url"]
        ]
        if _concerns(interactions, kinds):
            folder = directory / cassette.stem
            shutil.copytree(directory / "fresh", folder)
            asyncio.run(_Replay(outcome, younger, _version(text)).run(interactions, folder))
            shutil.rmtree(folder)
    return outcome


def _prepare(folder: Path) -> Tenant:
    store = Store(folder)
    tenant = Tenant(store, SigningKeys(store.signing_keys), Listeners(PORT, TLS_PORT), ActionProcess())
    seed.seed_management(tenant)
    return tenant


def _concerns(interactions: list[dict[str, Any]], kinds: list[str]) -> bool:
    found = [kind_of(row["request"]["url"]) for row in interactions]
    return bool(found) and 2 * sum(kind in kinds for kind in found) >= len(found)


def _version(text: str) -> tuple[int, ...]:
    found = re.search(r"Go-Auth0(?:-SDK)?/([\d.]+)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else (0,)


def kind_of(url: str) -> str:
    """Return the first part of a path of the Management API."""
    return urlsplit(url).path.removeprefix(API).split("/")[0]


def route_of(method: str, url: str) -> str:
    """Return a request's method and path, with `{id}` for each id and identifier."""
    path = re.sub(r"(?<=^resource-servers/).+", "{id}", urlsplit(url).path.removeprefix(API))
    path = re.sub(r"(?<=^users/)[^/]+", "{id}", unquote(path))
    return f"{method} {_ID.sub('{id}', path)}"


class _Replay:
    """One recording on one tenant: pairs of their ids, and the differences."""

    def __init__(self, outcome: Outcome, younger: list[Younger], version: tuple[int, ...]) -> None:
        self._outcome = outcome
        self._younger = [row.what for row in younger if version < row.since]
        self._ours: dict[str, str] = {}
        self._made: set[str] = set()  # ids that a recorded request created
        self._astray: set[str] = set()  # ids of objects that we skipped or changed otherwise; a path if there is no id
        self._begun: set[str] = set()

    async def run(self, interactions: list[dict[str, Any]], folder: Path) -> None:
        tenant = _prepare(folder)
        transport = httpx.ASGITransport(create_app(tenant))
        async with httpx.AsyncClient(transport=transport, base_url=f"https://localhost:{TLS_PORT}") as client:
            form = {"grant_type": "client_credentials", "audience": f"https://localhost:{TLS_PORT}{API}"}
            form |= json.loads((folder / "management.json").read_text())
            token = (await client.post("/oauth/token", data=form)).json()["access_token"]
            client.headers.update({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            for row in interactions:
                await self._exchange(client, row["request"], row["response"])
        tenant.store.close()

    async def _exchange(self, client: httpx.AsyncClient, request: dict[str, Any], recorded: dict[str, Any]) -> None:
        if reason := self._why_not(request, recorded):
            self._outcome.not_compared[reason] += 1
            return
        method, parts = request["method"], urlsplit(request["url"])
        theirs = yaml.load(recorded["body"], yaml.CSafeLoader) if recorded["body"] else None
        if _SINGLE.fullmatch(parts.path) and parts.path not in self._begun and recorded["code"] == 200:
            self._begun.add(parts.path)
            await _begin_as_recorded(client, parts.path, theirs or {}, json.loads(request["body"] or "null") or {})
        target = self._with_our_ids(parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = await client.request(method, target, content=self._with_our_ids(request["body"] or ""))
        if answer.status_code == httpx.codes.NOT_IMPLEMENTED:
            self._leave_out(request, recorded, answer.json()["message"])
            return
        self._compare(request, recorded["code"], theirs, answer)

    def _why_not(self, request: dict[str, Any], recorded: dict[str, Any]) -> str | None:
        path, succeeded = unquote(urlsplit(request["url"]).path), recorded["code"] < 300
        named = set(_ID.findall(path))
        if "upgrade your subscription" in recorded["body"]:
            return "the recorded tenant's plan had less"
        if "/api/v2/" in path.removeprefix(API) or "%2Fapi%2Fv2%2F" in path:
            return "the Management API itself, which is no API of the local tenant's list"
        if (named | {path} | set(_ID.findall(request["body"] or ""))) & self._astray:
            return "concerns an object that is left out"
        if named - self._made and succeeded:
            return "concerns an object that the recorded tenant had before"
        if request["method"] != "GET":
            self._made |= set(_ID.findall(recorded["body"] or ""))
        return None

    def _leave_out(self, request: dict[str, Any], recorded: dict[str, Any], message: str) -> None:
        route = route_of(request["method"], request["url"])
        self._outcome.left_out[
            route if "does not play" in message and " /api/" in message else f"{route}: {message}"
        ] += 1
        path = unquote(urlsplit(request["url"]).path)
        named = set(_ID.findall(path)) or {path}
        self._astray |= named if request["method"] in ("PATCH", "PUT") else set(_ID.findall(recorded["body"])) - named

    def _compare(self, request: dict[str, Any], code: int, theirs: Any, answer: httpx.Response) -> None:
        tally = self._outcome.tallies.setdefault(kind_of(request["url"]), Tally())
        route = route_of(request["method"], request["url"])
        tally.compared += 1
        if answer.status_code != code:
            tally.differences[f"{route}: {answer.status_code}, not {code}"] += 1
            return
        tally.status += 1
        mine = answer.json() if answer.text else None
        self._pair(theirs, mine, in_order=request["method"] != "GET")
        found = [f"{route} {each}" for each in self._differences(theirs, mine)]
        found = [each for each in found if not any(what.search(each) for what in self._younger)]
        tally.shape += not found
        tally.differences.update(found)

    def _with_our_ids(self, text: str) -> str:
        for theirs in sorted(self._ours, key=len, reverse=True):
            text = text.replace(theirs, self._ours[theirs])
        return text

    def _pair(self, theirs: Any, mine: Any, *, in_order: bool, member: str = "") -> None:
        """Record which of our ids belongs to which of theirs, from two answers to one request."""
        if isinstance(theirs, dict) and isinstance(mine, dict):
            for name in theirs.keys() & mine.keys():
                self._pair(theirs[name], mine[name], in_order=in_order, member=name)
        elif isinstance(theirs, list) and isinstance(mine, list):
            rows = zip(theirs, mine, strict=False) if in_order else self._rows(theirs, mine)
            for left, right in rows:
                self._pair(left, right, in_order=in_order, member=member)
        elif isinstance(theirs, str) and isinstance(mine, str) and _ID_MEMBER.fullmatch(member):
            is_new = theirs != mine and len(theirs) >= 12 and "REDACTED" not in theirs
            if is_new and self._with_our_ids(theirs) == theirs and theirs not in self._ours.values():
                self._ours[theirs] = mine

    def _rows(self, theirs: list[Any], mine: list[Any]) -> list[tuple[Any, Any]]:
        """Return the pairs of two lists to compare; of objects with an id, only those that both tenants have."""
        key = next((name for name in ("id", "client_id", "custom_domain_id") if _all_have(name, theirs, mine)), None)
        if key is None:
            return list(zip(theirs, mine, strict=False))
        by_id = {row[key]: row for row in mine}
        wanted = [(row, self._ours.get(row[key], row[key])) for row in theirs]
        return [(row, by_id[ours]) for row, ours in wanted if ours in by_id]

    def _differences(self, theirs: Any, mine: Any, place: str = "") -> Iterator[str]:
        if isinstance(theirs, dict) and isinstance(mine, dict):
            yield from (f"{place}.{name} missing" for name in sorted(theirs.keys() - mine.keys()))
            yield from (f"{place}.{name} extra" for name in sorted(mine.keys() - theirs.keys()))
            for name in sorted(theirs.keys() & mine.keys()):
                yield from self._differences(theirs[name], mine[name], f"{place}.{name}")
        elif isinstance(theirs, list) and isinstance(mine, list):
            for left, right in self._rows(theirs, mine):
                yield from self._differences(left, right, f"{place}[]")
        elif _type(theirs) != _type(mine):
            yield f"{place} is {_type(mine)}, not {_type(theirs)}"


async def _begin_as_recorded(client: httpx.AsyncClient, path: str, recorded: dict[str, Any], sent: Any) -> None:
    """Set what the recorded tenant had set earlier: the members of its first answer that the request did not send."""
    if colours := (recorded.get("universal_login") or {}).get("colors"):
        (await client.patch(f"{API}branding", json={"colors": colours})).raise_for_status()
    for name, value in recorded.items():
        if name in _ANSWERED_ONLY or (name in sent and not isinstance(value, dict)):
            continue
        before = value
        if isinstance(value, dict):
            given = sent.get(name) or {}
            before = {part: row for part, row in value.items() if part not in (*given, *_FLAGS_ANSWERED_ONLY)}
            if not before:
                continue
            if path.endswith("/captcha") and name != "auth_challenge":  # the answer hides members that a change needs
                before["api_key" if name == "recaptcha_enterprise" else "secret"] = "hidden"
        (await client.patch(path, json={name: before})).raise_for_status()


def _all_have(name: str, *lists: list[Any]) -> bool:
    return all(rows and all(isinstance(row, dict) and name in row for row in rows) for rows in lists)


def _type(value: object) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
