"""The confirmation of irreversible operations."""

import os
import pty
import subprocess
import sys

import pytest

from scripts.confirmation import require_name
from scripts.errors import UserError
from scripts.tools import ROOT


@pytest.mark.parametrize("said", ["yes", "dev", "PROD", " prod"])
def test_only_the_environment_s_own_name_confirms(said: str) -> None:
    with pytest.raises(UserError, match=r"nothing was done: to destroy it, .* CONFIRM=prod"):
        require_name("prod", said, to="destroy it")
    require_name("prod", "prod", to="destroy it")


@pytest.mark.process
@pytest.mark.parametrize(("typed", "ended"), [(b"prod\n", 0), (b"yes\n", 1), (b"\n", 1), (b"\x04", 1)])
def test_a_terminal_is_asked(typed: bytes, ended: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, typed)
    code = "from scripts.confirmation import require_name; require_name('prod', '', to='destroy it')"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(ours)
    os.close(theirs)

    assert result.stdout == "To destroy it, type the environment's name (prod): "
    assert result.returncode == ended
