"""The table of who may call what, from a checkout's data files."""

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
    assert answer.stdout.splitlines()[0] == "| operation | needs | Amazon | Google |"
    assert "| `GET /movies` | `read:Movies` | yes | no |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | no | yes |" in answer.stdout
    assert "| `GET /movies/health` | nothing: public | yes | yes |" in answer.stdout


def test_the_matrix_shows_machine_clients_beside_the_connections(checkout: Path, spoil: Spoil) -> None:
    spoil(
        "auth0/access.yaml",
        "connections:",
        "machine_clients: { report: { display_name: Nightly report, scopes: [read:Movies] } }\nconnections:",
    )
    answer = access("--root", str(checkout))
    assert answer.stdout.splitlines()[0] == "| operation | needs | Amazon | Google | Nightly report (machine) |"
    assert "| `GET /movies` | `read:Movies` | yes | no | yes |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | no | yes | no |" in answer.stdout
