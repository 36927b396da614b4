"""The table of who may call what, from a checkout's data files."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import run_module

pytestmark = pytest.mark.process

Spoil = Callable[[str, str, str], None]


def access(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_module("scripts.review.access", *arguments, environment=os.environ)


def test_the_matrix_says_who_can_call_what(checkout: Path) -> None:
    answer = access("--root", str(checkout))
    assert answer.stdout.splitlines()[0] == "| operation | needs | site | no token | Amazon | Google |"
    assert "| `GET /movies` | `read:Movies` | list | no | yes | no |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | list | no | no | yes |" in answer.stdout
    assert "| `GET /movies/health` | nothing: public |  | yes | yes | yes |" in answer.stdout


def test_the_matrix_shows_machine_clients_next_to_the_connections(checkout: Path, spoil: Spoil) -> None:
    spoil(
        "auth0/access.yaml",
        "connections:",
        "machine_clients: { report: { display_name: Nightly report, scopes: [read:Movies] } }\nconnections:",
    )
    answer = access("--root", str(checkout))
    heading = "| operation | needs | site | no token | Amazon | Google | Nightly report (machine) |"
    assert answer.stdout.splitlines()[0] == heading
    assert "| `GET /movies` | `read:Movies` | list | no | yes | no | yes |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | list | no | no | yes | no |" in answer.stdout


def test_as_json_it_names_the_callers_of_each_operation_and_the_sites_view_of_it(checkout: Path) -> None:
    answer = access("--root", str(checkout), "--format", "json")
    document = json.loads(answer.stdout)
    assert [caller["name"] for caller in document["callers"]] == ["amazon", "google-oauth2"]
    found = {f"{each['method']} {each['path']}": each for each in document["operations"]}
    assert found["GET /movies"]["callers"] == ["amazon"]
    assert found["GET /movies"]["needs"] == [["read:Movies"]]
    assert found["GET /movies/health"]["public"]
    assert found["GET /movies/health"]["callers"] == ["amazon", "google-oauth2"]
    assert {name: each["site"] for name, each in found.items() if each["site"] is not None} == {
        "GET /devices": "list",
        "GET /devices/{id}": "detail",
        "GET /movies": "list",
        "GET /movies/{id}": "detail",
    }


def test_an_unknown_format_is_refused_with_those_that_there_are(checkout: Path) -> None:
    answer = run_module("scripts.review.access", environment={**os.environ, "FORMAT": "html"})
    assert (answer.returncode, answer.stderr) == (2, "error: FORMAT is html; write one of markdown, json.\n")
