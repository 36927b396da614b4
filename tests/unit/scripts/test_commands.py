"""Each command as a newcomer runs it, with mistakes in the environment or the arguments."""

import os
import subprocess
from pathlib import Path

import pytest

from scripts.tools import ROOT
from tests.commands import run_module
from tests.conftest import MODULES, PYTHONPATH

pytestmark = pytest.mark.process


def command(verb: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, "PYTHONPATH": PYTHONPATH, **environment}
    return run_module(MODULES[verb], *arguments, environment=everything)


@pytest.mark.parametrize("verb", ["up", "down", "status", "logs", "plan", "apply", "revoke", "explain", "doctor"])
def test_a_users_mistake_is_one_sentence_and_exit_code_2(verb: str, tmp_path: Path) -> None:
    result = command(verb, GATEHOUSE_AWS_PORT="http", GATEHOUSE_LOCAL_DIR=str(tmp_path / "none"))
    assert result.returncode == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("verb", ["plan", "apply", "destroy", "unlock", "recover"])
def test_without_an_environment_the_choice_is_named(verb: str) -> None:
    result = command(verb)
    assert result.returncode == 2
    assert result.stderr == "error: say which environment: ENV=<one of local, dev, prod>.\n"


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_an_unknown_environment_is_refused_with_the_nearest_one(verb: str) -> None:
    result = command(verb, "prd")
    assert result.returncode == 2
    assert "there is no environment 'prd'; did you mean prod?" in result.stderr


def test_apply_without_a_saved_plan_says_to_plan_first(tmp_path: Path) -> None:
    result = command("apply", "local", GATEHOUSE_LOCAL_DIR=str(tmp_path))
    assert result.returncode == 2
    assert "there is no saved plan of local; run `make plan ENV=local` first" in result.stderr


def test_planning_the_local_environment_needs_it_up(tmp_path: Path) -> None:
    result = command("plan", "local", GATEHOUSE_LOCAL_DIR=str(tmp_path))
    assert result.returncode == 2
    assert "start it with `make up`" in result.stderr
    assert "Building" not in result.stdout, "it says so before it builds anything"


@pytest.mark.parametrize("verb", ["revoke", "explain"])
def test_help_says_how_to_call_it_through_make(verb: str) -> None:
    result = command(verb, "--help")
    assert result.returncode == 0
    assert f"make {verb} " in result.stdout


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "say what to revoke, one of SUB=, SUBJECT_HASH=, CLIENT=, KID= and JTI="),
        ({"SUB": "amazon|1", "KID": "key-1"}, "not 2 of them"),
        ({"UNDO": "1"}, "say what to revoke"),
        ({"SUBJECT_HASH": "amazon|1"}, "32 hexadecimal digits"),
        ({"SUB": "ada@example.com"}, "this is not a `sub`, which is <connection>|<id>"),
        ({"CLIENT": " "}, "this cannot be a value for client"),
        ({"KID": "key-1"}, "say which environment: ENV=<one of local, dev, prod>"),
    ],
)
def test_revoking_nothing_in_particular_is_refused_before_aws_is_asked(
    options: dict[str, str], fault: str, tmp_path: Path
) -> None:
    result = command("revoke", GATEHOUSE_LOCAL_DIR=str(tmp_path), **options)
    assert result.returncode == 2
    assert fault in result.stderr
    assert "amazon|1" not in result.stderr
    assert "ada@example.com" not in result.stderr


@pytest.mark.parametrize("token", ["", "opaque-but-secret"])
def test_explaining_no_token_is_a_users_mistake_and_repeats_nothing(token: str, tmp_path: Path) -> None:
    result = command("explain", GATEHOUSE_LOCAL_DIR=str(tmp_path), TOKEN=token)
    assert result.returncode == 2
    assert "token" in result.stderr.lower()
    assert "opaque-but-secret" not in result.stderr


def test_down_where_nothing_was_started_says_so(tmp_path: Path) -> None:
    result = command("down", GATEHOUSE_LOCAL_DIR=str(tmp_path / "none"))
    assert result.returncode == 0
    assert "nothing has been started here" in result.stdout


def test_forgetting_leaves_alone_what_is_not_the_local_systems(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "logs").mkdir()
    result = command("down", "--forget", GATEHOUSE_LOCAL_DIR=str(tmp_path))
    assert result.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_make_alone_prints_every_verb() -> None:
    result = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    verbs = {line.split()[1] for line in result.stdout.splitlines()}
    assert {"up", "down", "status", "logs", "clean", "build", "plan", "apply", "test"} <= verbs
