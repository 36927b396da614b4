"""Of two simultaneous runs of `make up`, one continues."""

from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.local_stack import settings
from scripts.local_stack.lock import exclusive


def test_a_second_run_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    chosen = settings.from_environment({"GATEHOUSE_LOCAL_DIR": str(tmp_path)})
    with exclusive(chosen), pytest.raises(UserError, match="another command is using"), exclusive(chosen):
        pytest.fail("both went on")
    with exclusive(chosen):
        pass
