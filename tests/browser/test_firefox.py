"""Firefox, if the machine has it: one sign-in from start to end."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from scripts.child_environment import for_program
from scripts.tools import NODE, ROOT, require

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
SCRIPT = ROOT / "tests" / "lighthouse" / "firefox.mjs"

pytestmark = [
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox is on PATH (on Debian: apt-get install firefox-esr)"),
    pytest.mark.skipif(
        not (SCRIPT.parent / "node_modules" / "puppeteer-core").is_dir(),
        reason="puppeteer-core, which drives Firefox, is not installed; `make lighthouse` installs it",
    ),
]


def test_firefox_signs_in_is_refused_stays_signed_in_and_signs_out(stack: Any) -> None:
    answer = subprocess.run(
        [str(require(NODE)), str(SCRIPT)],
        env={**for_program(), "SITE_URL": stack.site_url, "FIREFOX": str(FIREFOX)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    heard = json.loads(answer.stdout)
    assert {step: address for step, (address, _) in heard["steps"].items()} == {
        "refusal": f"{stack.site_url}/movies?sort=-year#list",
        "list": f"{stack.site_url}/devices",
        "reload": f"{stack.site_url}/devices",
        "sign-out": f"{stack.site_url}/",
        "reload after the sign-out": f"{stack.site_url}/",
    }
    assert "This API needs read:Movies." in heard["steps"]["refusal"][1]
    assert "Living room television" not in heard["steps"]["sign-out"][1]
    assert heard["complaints"] == []
