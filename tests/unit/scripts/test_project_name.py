"""The project's name has one home, where both roots and the scripts read it."""

import json

import pytest

from scripts.local_stack import settings
from scripts.project_name import PROJECT, PROJECT_FILE
from scripts.tools import ROOT


def test_the_scripts_take_the_name_from_the_file() -> None:
    assert json.loads(PROJECT_FILE.read_text(encoding="utf-8")) == {"name": PROJECT}
    assert settings.NAME.startswith(f"{PROJECT}-")


@pytest.mark.parametrize("root", ["cloud", "local"])
def test_each_root_takes_the_name_from_the_file(root: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "terraform" / root).glob("*.tf"))]
    assert sum('jsondecode(file("${path.root}/../project.json")).name' in text for text in texts) == 1
    assert not any(f'"{PROJECT}"' in text for text in texts)
