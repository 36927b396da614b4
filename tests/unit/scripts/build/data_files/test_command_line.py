import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import run_module

pytestmark = pytest.mark.process

Spoil = Callable[[str, str, str], None]


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_module("scripts.build.data_files", *arguments, environment=os.environ)


def test_good_files_are_one_line(checkout: Path) -> None:
    answer = check("--root", str(checkout))
    assert (answer.returncode, answer.stdout) == (0, "access.yaml and 2 APIs: 6 operations, 2 public\n")


def test_a_mistake_ends_with_exit_code_2_and_no_traceback(checkout: Path, spoil: Spoil) -> None:
    spoil("auth0/access.yaml", "audience:", "audeince:")
    answer = check("--root", str(checkout))
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert 'unknown key "audeince"; did you mean "audience"?' in answer.stderr
    assert "Traceback" not in answer.stderr
