"""The parts of `make test-cloud-root` that need no provider."""

import os
from pathlib import Path

import jwt
import pytest

from scripts.check.cloud_root.visitor import expectations, lifetime
from tests.commands import run_module

pytestmark = pytest.mark.process


@pytest.mark.parametrize("mirror", [None, "an empty folder"])
def test_without_the_provider_the_check_says_so_in_one_line_and_ends_well(mirror: str | None, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PROVIDER_MIRROR"}
    if mirror:
        environment["PROVIDER_MIRROR"] = str(tmp_path)

    ended = run_module("scripts.check.cloud_root", environment=environment)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("\n") == 1
    assert "PROVIDER_MIRROR" in ended.stdout


def test_a_visitor_expects_each_list_to_open_only_to_whom_the_rules_grant_it() -> None:
    access_model = {
        "operations": [
            {"method": "GET", "path": "/films", "any_of": [["read:Films"], ["read:All", "be:Staff"]]},
            {"method": "GET", "path": "/films/{id}", "any_of": [["read:Films"]]},
            {"method": "POST", "path": "/films", "any_of": [["write:Films"]]},
            {"method": "GET", "path": "/rooms", "any_of": [["read:Rooms"]]},
        ]
    }

    assert expectations(access_model, ["read:Films"]) == {"/films": 200, "/rooms": 403}
    assert expectations(access_model, ["read:All"]) == {"/films": 403, "/rooms": 403}
    assert expectations(access_model, ["read:All", "be:Staff"]) == {"/films": 200, "/rooms": 403}


@pytest.mark.parametrize("seconds", [1800, 86400])
def test_a_visitor_reads_for_how_long_a_token_was_made(seconds: int) -> None:
    claims = {"iat": 1_800_000_000, "exp": 1_800_000_000 + seconds, "sub": "amazon|" + "x" * (seconds % 7)}
    assert lifetime(jwt.encode(claims, "a secret of thirty-two octets: 32", "HS256")) == seconds
