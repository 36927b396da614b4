"""Replays recorded requests of the Terraform provider to a real tenant, and compares the answers.

For every recording it compares the status and the shape, by kind. For the eleven recordings that
recordings_differences.yaml names, it compares every value, in both directions.

The recordings (go-vcr cassettes of auth0/terraform-provider-auth0, test/data/recordings, MPL-2.0) are not part of this
repository: AUTH0_RECORDINGS names their folder. recordings_differences.yaml lists every remaining difference, with the
reason. An unlisted difference fails the test, and so does a listed one that no longer exists.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.unit.local.tenant import recorded

FOLDER = Path(os.environ.get("AUTH0_RECORDINGS", "/nonexistent"))
CASSETTES = sorted(FOLDER.glob("*.yaml"))
if not CASSETTES:
    pytest.skip("AUTH0_RECORDINGS names no folder with recordings of Auth0", allow_module_level=True)

DIFFERENCES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("recordings_differences.yaml").read_text())
ID = re.compile(
    r"con_\w{16}|cgr_\w{16}|(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{32}(?![A-Za-z0-9])"
)
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+Z")
REDACTED = "[REDACTED]"  # replaces a secret or a certificate in the recordings


@dataclass
class Replay:
    """One cassette against one fresh tenant: pairs of their ids, and the differences."""

    ours: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def exchange(self, send: Callable[..., Any], request: dict[str, Any], recorded: dict[str, Any]) -> None:
        """Send a recorded request with our ids in it, and record how the answer differs."""
        parts = urlsplit(request["url"])
        target = self.with_our_ids(parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = send(request["method"], target, content=self.with_our_ids(request["body"] or ""))
        title = f"{request['method']} {route_of(parts.path)}"
        if answer.status_code != recorded["code"]:
            self.found.append(f"{title}: {answer.status_code}, not {recorded['code']}")
        theirs = yaml.safe_load(recorded["body"]) if recorded["body"] else None
        mine = answer.json() if answer.text else None
        self.found += [f"{title}: {each}" for each in self.differences(theirs, mine)]

    def with_our_ids(self, text: str) -> str:
        """Return a recorded text with each known id replaced by ours."""
        return ID.sub(lambda found: self.ours.get(found[0], found[0]), text)

    def differences(self, theirs: Any, mine: Any, place: str = "answer") -> Iterator[str]:
        """Yield each place at which the answers differ: a missing member, or another type, form or value."""
        if isinstance(theirs, dict) and isinstance(mine, dict):
            for name in theirs.keys() - mine.keys():
                yield f"{place}.{name} is missing"
            for name in mine.keys() - theirs.keys():
                yield f"{place}.{name} is more than was recorded"
            for name in theirs.keys() & mine.keys():
                yield from self.differences(theirs[name], mine[name], f"{place}.{name}")
        elif isinstance(theirs, list) and isinstance(mine, list):
            if len(theirs) != len(mine):
                yield f"{place} has {len(mine)} items, not {len(theirs)}"
            for left, right in zip(theirs, mine, strict=False):
                yield from self.differences(left, right, f"{place}[]")
        elif not self.is_same(theirs, mine):
            yield f"{place} is {mine!r}, not {theirs!r}"

    def is_same(self, theirs: Any, mine: Any) -> bool:
        """Compare two values; an id that occurs for the first time is paired with ours from then on."""
        if not isinstance(theirs, str) or not isinstance(mine, str):
            return type(theirs) is type(mine) and bool(theirs == mine)
        if ID.fullmatch(theirs) and ID.fullmatch(mine):
            self.ours.setdefault(theirs, mine)
        if theirs == REDACTED or (TIME.fullmatch(theirs) and TIME.fullmatch(mine)):
            return True
        return self.with_our_ids(theirs) == mine


def route_of(path: str) -> str:
    """Return a path of the Management API with `{id}` for its ids and identifiers."""
    path = path.removeprefix("/api/v2")
    path = re.sub(r"(?<=/resource-servers/)[^/]+", "{id}", path)
    return ID.sub("{id}", path)


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_the_tenant_answers_as_the_real_one_did(cassette: Path, run_tenant: Callable[..., Any], tmp_path: Path) -> None:
    replay = Replay()
    with run_tenant(tmp_path / "state", "--empty") as tenant, tenant.client() as client:
        # The recorded tenant gave a new application no connection by itself.
        tenant.management("PATCH", "/tenants/settings", {"flags": {"enable_client_connections": False}})
        client.headers.update({"Authorization": f"Bearer {tenant._token}", "Content-Type": "application/json"})
        for interaction in yaml.safe_load(cassette.read_text())["interactions"]:
            replay.exchange(client.request, interaction["request"], interaction["response"])
    listed = [row for row in DIFFERENCES if cassette.stem in row["in"]]
    unknown = [each for each in replay.found if not any(re.fullmatch(row["what"], each) for row in listed)]
    gone = [row["what"] for row in listed if not any(re.fullmatch(row["what"], each) for each in replay.found)]
    assert not unknown, "\n".join(dict.fromkeys(unknown))
    assert not gone, "listed, but no longer there:\n" + "\n".join(gone)


RULES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("recorded.yaml").read_text())
STATUS_PERCENT, SHAPE_PERCENT = 98, 85


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> recorded.Outcome:
    younger = [
        recorded.Younger(
            re.compile(re.sub(r"\s*\|\s+", "|", row["what"])), tuple(int(part) for part in str(row["since"]).split("."))
        )
        for row in RULES["younger"]
    ]
    return recorded.replay_all(CASSETTES, RULES["kinds"], younger, tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize("kind", RULES["kinds"])
def test_statuses_and_shapes_are_those_of_the_real_tenant(outcome: recorded.Outcome, kind: str) -> None:
    tally = outcome.tallies[kind]
    if not tally.compared:
        pytest.skip("no recording has it")
    status, shape = (100 * count / tally.compared for count in (tally.status, tally.shape))
    found = "\n".join(f"{count} x {text}" for text, count in tally.differences.most_common())
    summary = f"{kind}: {tally.compared} answers, {status:.1f} % of the statuses, {shape:.1f} % of the shapes\n{found}"
    sys.stdout.write(f"{summary}\n")  # `pytest -rA` shows it
    assert status >= STATUS_PERCENT, summary
    assert shape >= SHAPE_PERCENT, summary


def test_what_is_left_out_is_listed(outcome: recorded.Outcome) -> None:
    rules = [re.compile(re.sub(r"\s*\|\s+", "|", row["what"])) for row in RULES["left_out"]]
    sys.stdout.write(f"not compared: {dict(outcome.not_compared)}; 501: {outcome.left_out.total()}\n")
    assert not [text for text in outcome.left_out if not any(rule.fullmatch(text) for rule in rules)]
