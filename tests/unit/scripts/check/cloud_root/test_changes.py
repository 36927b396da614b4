"""The changes that `make test-cloud-root` makes to its copy of the project; they need no provider."""

from pathlib import Path

import pytest

from scripts.check.cloud_root import changes
from scripts.check.cloud_root.workplace import Workplace
from scripts.tools import ROOT


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A workplace whose copy has only what Terraform and the tenant read of auth0/; nothing is started."""
    for names in ("_COPIED", "_CHANGED"):
        monkeypatch.setattr(f"scripts.check.cloud_root.workplace.{names}", ("auth0", "terraform"))
    return Workplace(tmp_path)


@pytest.mark.parametrize("change", changes.CHANGES, ids=lambda change: change.title)
def test_each_change_is_seen_in_the_declaration_and_can_be_taken_back(
    workplace: Workplace, change: changes.Change
) -> None:
    before = workplace.declaration()

    change.make(workplace.directory)

    assert workplace.declaration() != before
    workplace.restore_project()
    assert workplace.declaration() == before


def test_the_changes_are_of_five_kinds(workplace: Workplace) -> None:
    before = workplace.declaration()
    for change in changes.CHANGES:
        change.make(workplace.directory)
    after = workplace.declaration()

    assert after.access["scopes"].keys() - before.access["scopes"].keys() == {"read:Ratings"}
    assert after.access["machine_clients"].keys() == {changes.MACHINE_CLIENT}
    assert before.access["connections"].keys() - after.access["connections"].keys() == {"amazon"}
    assert after.action_code.startswith(before.action_code)
    assert after.action_code != before.action_code
    assert after.token_lifetime_seconds == changes.SHORTER_LIFETIME_SECONDS < before.token_lifetime_seconds


def test_the_project_itself_is_left_alone(workplace: Workplace) -> None:
    read = {path: path.read_bytes() for path in (ROOT / "auth0").rglob("*.*") if path.is_file()}
    for change in changes.CHANGES:
        change.make(workplace.directory)
    assert {path: path.read_bytes() for path in read} == read


def test_the_copy_of_the_project_has_no_state_of_terraform(workplace: Workplace) -> None:
    left = [path for path in workplace.directory.rglob("*") if path.name in (".terraform", ".terraform.lock.hcl")]
    assert left == []
