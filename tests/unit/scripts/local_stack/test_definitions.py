"""The environment of the local root's Terraform."""

from dataclasses import replace
from pathlib import Path

import pytest

from scripts.local_stack import definitions
from scripts.local_stack.settings import from_environment

NAME = "TF_REATTACH_PROVIDERS"


def test_terraform_attaches_only_to_the_provider_of_our_own_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, "somebody's")
    plain = from_environment({"GATEHOUSE_LOCAL_DIR": str(tmp_path)})
    assert NAME not in definitions.terraform(plain, {}).environment
    shared = from_environment({"GATEHOUSE_LOCAL_DIR": str(tmp_path), "GATEHOUSE_AWS_PROVIDER": "ours"})
    assert shared == replace(plain, aws_provider="ours")
    assert definitions.terraform(shared, {}).environment[NAME] == "ours"
