"""The changes that `make test-cloud-root` makes to its copy of the project; they need no provider."""

from pathlib import Path

import pytest

from scripts.check.cloud_root import changes
from scripts.check.cloud_root.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path, example: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox whose copy has only the files of auth0/ that Terraform and the tenant read; no service runs."""
    monkeypatch.setattr("scripts.check.cloud_root.sandbox.ROOT", example)
    for names in ("_COPIED", "_CHANGED"):
        monkeypatch.setattr(f"scripts.check.cloud_root.sandbox.{names}", ("auth0", "terraform"))
    return Sandbox(tmp_path)


@pytest.mark.parametrize("change", changes.CHANGES, ids=lambda change: change.title)
def test_each_change_is_seen_in_the_declaration_and_can_be_taken_back(sandbox: Sandbox, change: changes.Change) -> None:
    before = sandbox.declaration()

    change.make(sandbox.directory)

    assert sandbox.declaration() != before
    sandbox.restore_project()
    assert sandbox.declaration() == before


def test_the_changes_are_of_five_kinds(sandbox: Sandbox) -> None:
    before = sandbox.declaration()
    for change in changes.CHANGES:
        change.make(sandbox.directory)
    after = sandbox.declaration()

    assert after.access["scopes"].keys() - before.access["scopes"].keys() == {"read:Ratings"}
    assert after.access["machine_clients"].keys() == {changes.MACHINE_CLIENT}
    assert before.access["connections"].keys() - after.access["connections"].keys() == {"amazon"}
    assert after.action_code.startswith(before.action_code)
    assert after.action_code != before.action_code
    assert after.token_lifetime_seconds == changes.SHORTER_LIFETIME_SECONDS < before.token_lifetime_seconds


def test_the_project_itself_is_left_alone(sandbox: Sandbox, example: Path) -> None:
    read = {path: path.read_bytes() for path in (example / "auth0").rglob("*.*") if path.is_file()}
    for change in changes.CHANGES:
        change.make(sandbox.directory)
    assert {path: path.read_bytes() for path in read} == read


def test_the_copy_of_the_project_has_no_state_of_terraform(sandbox: Sandbox) -> None:
    left = [path for path in sandbox.directory.rglob("*") if path.name in (".terraform", ".terraform.lock.hcl")]
    assert left == []
