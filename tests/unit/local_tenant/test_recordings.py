"""Replays what the Terraform provider said to a real tenant, and compares the answers.

The recordings (go-vcr cassettes of auth0/terraform-provider-auth0, test/data/recordings, MPL-2.0) are not part of this
repository: AUTH0_RECORDINGS names a folder that has them.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

FOLDER = Path(os.environ.get("AUTH0_RECORDINGS", "/nonexistent"))
CASSETTES = sorted(FOLDER.glob("*.yaml"))
if not CASSETTES:
    pytest.skip("AUTH0_RECORDINGS names no folder with recordings of Auth0", allow_module_level=True)

VOLATILE = re.compile(
    r"(^|\.)(id|client_id|client_secret|cert|created_at|updated_at|built_at|build_time|deleted_at|value)$|^enabled_clients\["
)
# What the local tenant leaves out on purpose: database connections (passwords) and encrypted tokens are not played.
# Building an Action takes no time here, so its `status` is never one of the states in between.
NOT_PLAYED = re.compile(r"^status$|^options\.|^token_encryption\.encryption_key\.|^configuration")
ID = re.compile(
    r"con_\w{16}|cgr_\w{16}|(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<=\")[A-Za-z0-9]{32}(?=\")"
)


def differences(expected: Any, actual: Any, place: str = "") -> Iterator[str]:
    """Yield each place where an answer lacks what the real one has, or has it with another type or value."""
    if NOT_PLAYED.search(place):
        return
    if type(expected) is not type(actual):
        yield f"{place} is a {type(actual).__name__}, not a {type(expected).__name__}"
    elif isinstance(expected, dict):
        for name, value in expected.items():
            where = f"{place}.{name}".lstrip(".")
            yield from differences(value, actual[name], where) if name in actual else missing(where)
    elif isinstance(expected, list):
        if len(expected) != len(actual):
            yield f"{place} has {len(actual)} items, not {len(expected)}"
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(left, right, f"{place}[{index}]")
    elif expected != actual and not VOLATILE.search(place) and not ID.fullmatch(str(expected)):
        yield f"{place} is {actual!r}, not {expected!r}"


def missing(place: str) -> Iterator[str]:
    """Yield the place of a field that is not there, unless it is left out on purpose."""
    if not NOT_PLAYED.search(place):
        yield f"{place} is missing"


def replayed(text: str, ours: dict[str, str]) -> str:
    """Return a recorded text with the recorded ids replaced by those of this tenant."""
    for recorded, own in ours.items():
        text = text.replace(recorded, own)
    return text


def learn_ids(recorded: httpx.Response | str, answer: str, ours: dict[str, str]) -> None:
    """Pair the ids of a recorded answer with those of ours, key by key."""

    def walk(left: Any, right: Any) -> None:
        if isinstance(left, dict) and isinstance(right, dict):
            for name in left.keys() & right.keys():
                if name in ("id", "client_id") and isinstance(right[name], str):
                    ours.setdefault(left[name], right[name])
                else:
                    walk(left[name], right[name])
        elif isinstance(left, list) and isinstance(right, list):
            for pair in zip(left, right, strict=False):
                walk(*pair)

    walk(yaml.safe_load(str(recorded)), yaml.safe_load(answer))


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_the_tenant_answers_as_the_real_one_did(cassette: Path, run_tenant: Callable[..., Any], tmp_path: Path) -> None:
    problems: list[str] = []
    ours: dict[str, str] = {}
    with run_tenant(tmp_path / "state", "--empty") as tenant, tenant.client() as client:
        tenant.management("GET", "/clients")
        headers = {"Authorization": f"Bearer {tenant._token}", "Content-Type": "application/json"}
        for interaction in yaml.safe_load(cassette.read_text())["interactions"]:
            request, recorded = interaction["request"], interaction["response"]
            parts = urlsplit(request["url"])
            target = replayed(parts.path + (f"?{parts.query}" if parts.query else ""), ours)
            body = replayed(request["body"] or "", ours)
            answer = client.request(request["method"], target, content=body, headers=headers)
            foreign = cassette.stem == "TestAccAction" and "bindings" in parts.path  # left there by another test
            if recorded["body"] and answer.text and not foreign:
                learn_ids(recorded["body"], answer.text, ours)
                found = differences(yaml.safe_load(recorded["body"]), answer.json())
                problems += [f"{request['method']} {parts.path}: {each}" for each in found]
            if answer.status_code != recorded["code"]:
                problems.append(f"{request['method']} {parts.path}: {answer.status_code}, not {recorded['code']}")
    assert not problems, "\n".join(dict.fromkeys(problems))
