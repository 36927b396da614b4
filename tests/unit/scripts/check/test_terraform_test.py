"""Which roots and modules `make test-terraform` tests, given the sources of the auth0 provider, and what fails it."""

from pathlib import Path

import pytest

from scripts.check import terraform_test
from scripts.check.checks import run_all
from scripts.check.terraform_test import chosen
from scripts.errors import OperationError
from scripts.provider_mirror import REGISTRY
from scripts.tools import ROOT

WITHOUT_AUTH0 = {path.name for path in (ROOT / "terraform/modules").iterdir() if path.is_dir()} - {
    "auth0",
    "tenant_look",
} | {"local"}
WITH_AUTH0 = {"auth0", "tenant_look"}


def names(places: list[Path]) -> set[str]:
    return {place.name for place in places}


def test_without_the_provider_the_modules_of_the_tenant_are_left_out() -> None:
    tested, left_out = chosen(None)
    assert (names(tested), names(left_out)) == (WITHOUT_AUTH0, WITH_AUTH0)


def test_the_registry_s_provider_is_used_for_the_cloud_root_too() -> None:
    tested, left_out = chosen(REGISTRY)
    assert (names(tested), left_out) == (WITHOUT_AUTH0 | WITH_AUTH0 | {"cloud"}, [])


def test_a_mirror_with_the_provider_serves_the_modules() -> None:
    tested, left_out = chosen("the mirror /opt/providers")
    assert (names(tested), left_out) == (WITHOUT_AUTH0 | WITH_AUTH0, [])


@pytest.mark.process
@pytest.mark.parametrize(("warning", "passes"), [("stage_name is deprecated. Use another", False), ("fine", True)])
def test_a_deprecated_argument_fails_the_check(
    warning: str, passes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform = tmp_path / "terraform"
    terraform.write_text(f'#!/bin/sh\necho "{warning}"\n', encoding="utf-8")
    terraform.chmod(0o755)
    monkeypatch.setattr(terraform_test, "_FILES", tmp_path.parent)
    checked = [terraform_test.check(tmp_path, str(terraform), tmp_path / "terraform.tfrc", {})]
    if passes:
        run_all(checked)
    else:
        with pytest.raises(OperationError, match=r"^failed: terraform "):
            run_all(checked)
