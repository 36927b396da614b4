"""The files of the deployed site that stay in the next build, for open pages; the deployed site is a real server."""

import functools
import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from scripts.build.superseded import KEPT, keep_superseded
from tests.tls import CERTIFICATE_AUTHORITIES

TODAY = date(2026, 12, 1)
SCRIPT = "text/javascript; charset=utf-8"

type Deploy = Callable[[Path], httpx.Client]
"""Serves a folder; returns a client of it."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no line for each request."""


@pytest.fixture
def deploy() -> Iterator[Deploy]:
    servers: list[ThreadingHTTPServer] = []
    clients: list[httpx.Client] = []

    def serve(folder: Path) -> httpx.Client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        clients.append(
            httpx.Client(
                base_url=f"http://127.0.0.1:{server.server_port}",
                trust_env=False,
                timeout=60,
                verify=CERTIFICATE_AUTHORITIES,
            )
        )
        return clients[-1]

    yield serve
    for client in clients:
        client.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def build(folder: Path, *scripts: str, superseded: dict[str, str] | None = None) -> Path:
    """Make a built site with these scripts, each with its name as content."""
    (folder / "assets").mkdir(parents=True)
    types = {"files.json": "application/json", "index.html": "text/html; charset=utf-8"}
    for script in scripts:
        (folder / script).write_text(script, encoding="utf-8")
        types[script] = SCRIPT
    listed: dict[str, object] = {"content_types": types}
    if superseded is not None:
        listed["superseded"] = superseded
    (folder / "files.json").write_text(json.dumps(listed), encoding="utf-8")
    return folder


def listed(folder: Path) -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = json.loads((folder / "files.json").read_text("utf-8"))
    return content


def test_a_file_that_the_new_build_does_not_have_stays_with_the_day_on_which_it_was_superseded(
    tmp_path: Path, deploy: Deploy
) -> None:
    site = deploy(build(tmp_path / "deployed", "assets/main-OLD.js", "assets/same-1.js"))
    built = build(tmp_path / "built", "assets/main-NEW.js", "assets/same-1.js")

    assert keep_superseded(site, built, TODAY) == ["assets/main-OLD.js"]

    assert (built / "assets/main-OLD.js").read_text("utf-8") == "assets/main-OLD.js"
    assert listed(built)["content_types"]["assets/main-OLD.js"] == SCRIPT
    assert listed(built)["superseded"] == {"assets/main-OLD.js": "2026-12-01"}


def test_a_file_keeps_its_day_over_the_deployments_that_follow(tmp_path: Path, deploy: Deploy) -> None:
    superseded = {"assets/main-OLDEST.js": "2026-11-20"}
    site = deploy(build(tmp_path / "deployed", "assets/main-OLD.js", "assets/main-OLDEST.js", superseded=superseded))
    built = build(tmp_path / "built", "assets/main-NEW.js")

    keep_superseded(site, built, TODAY)
    keep_superseded(site, built, TODAY)

    assert listed(built)["superseded"] == {"assets/main-OLD.js": "2026-12-01", "assets/main-OLDEST.js": "2026-11-20"}


@pytest.mark.parametrize(("age", "stays"), [(KEPT - timedelta(days=1), True), (KEPT, False)])
def test_a_file_goes_when_it_is_old(tmp_path: Path, deploy: Deploy, age: timedelta, stays: bool) -> None:
    superseded = {"assets/main-OLD.js": (TODAY - age).isoformat()}
    site = deploy(build(tmp_path / "deployed", "assets/main-OLD.js", superseded=superseded))
    built = build(tmp_path / "built", "assets/main-NEW.js")

    keep_superseded(site, built, TODAY)

    assert ("assets/main-OLD.js" in listed(built)["content_types"]) is stays
    assert (built / "assets/main-OLD.js").exists() is stays


def test_a_file_that_comes_back_is_the_builds_own_again(tmp_path: Path, deploy: Deploy) -> None:
    site = deploy(build(tmp_path / "deployed", "assets/main-A.js", superseded={"assets/main-A.js": "2026-11-30"}))
    built = build(tmp_path / "built", "assets/main-A.js")

    assert keep_superseded(site, built, TODAY) == []
    assert "superseded" not in listed(built)


@pytest.mark.parametrize(
    "name", ["assets/../../escape.js", "index.html", "assets/deep/a.js", "assets/run.sh", "/etc/x.js"]
)
def test_only_names_that_a_build_gives_are_fetched(tmp_path: Path, deploy: Deploy, name: str) -> None:
    deployed = build(tmp_path / "deployed")
    (deployed / "files.json").write_text(json.dumps({"content_types": {name: SCRIPT}}), encoding="utf-8")
    built = build(tmp_path / "built", "assets/main-NEW.js")

    assert keep_superseded(deploy(deployed), built, TODAY) == []


def test_a_site_that_has_no_list_has_nothing_to_keep(tmp_path: Path, deploy: Deploy) -> None:
    assert keep_superseded(deploy(tmp_path), build(tmp_path / "built"), TODAY) == []


def test_a_site_that_does_not_answer_is_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with httpx.Client(
        base_url="http://127.0.0.1:1", trust_env=False, timeout=60, verify=CERTIFICATE_AUTHORITIES
    ) as site:
        assert keep_superseded(site, build(tmp_path / "built"), TODAY) == []

    assert "open pages may have to reload" in capfd.readouterr().out
