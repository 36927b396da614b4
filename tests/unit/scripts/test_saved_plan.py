"""A saved plan is bound to every file that it was made from, and to its own content."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from scripts import saved_plan
from scripts.environments import LocalEnvironment
from scripts.errors import UserError
from scripts.terraform_root import TerraformRoot

SOURCES = [
    "build/x86_64/authorizer.zip",
    "build/arm64/authorizer.zip",
    "build/site/index.html",
    "build/site/vendor/a.js",
    "terraform/cloud/main.tf",
    "terraform/cloud/environments/dev.tfvars",
    "terraform/cloud/environments/dev.s3.tfbackend",
    "auth0/access.yaml",
    "auth0/actions/add-scopes.js",
    "functions/movies/openapi.yaml",
    "functions/movies/sample.json",
]


class Planned(LocalEnvironment):
    """The local environment, with its plan and Terraform's data in the test's own folder."""

    folder: Path

    def planned_root(self) -> TerraformRoot:
        return TerraformRoot(self.folder, self.folder, self.folder / "log", {})

    @property
    def plan_file(self) -> Path:
        return self.folder / "local.tfplan"

    @property
    def architecture(self) -> str:
        return "x86_64"


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """A plan, just made from a small tree."""
    monkeypatch.setattr(saved_plan, "ROOT", tmp_path)
    for path in [*SOURCES, "plans/local.tfplan", "README.md"]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    monkeypatch.setattr(Planned, "folder", tmp_path / "plans", raising=False)
    environment = Planned()
    saved_plan.seal(environment)
    return environment


def assert_is_refused(planned: Planned) -> None:
    with pytest.raises(UserError, match="changed since local was planned; run `make plan ENV=local` first"):
        saved_plan.require(planned)
    assert list(planned.folder.iterdir()) == [], "a plan that nobody can apply holds secrets"


@pytest.mark.parametrize("path", [path for path in SOURCES if "arm64" not in path])
@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_plan_is_refused_once_what_it_was_made_from_is(
    path: str, change: str, planned: Planned, tmp_path: Path
) -> None:
    saved_plan.require(planned)
    if change == "removed":
        (tmp_path / path).unlink()
    else:
        (tmp_path / path).write_text("another")
    assert_is_refused(planned)


@pytest.mark.parametrize("path", ["build/site/extra.txt", "terraform/cloud/extra.tf"])
def test_a_plan_is_refused_once_there_is_more(path: str, planned: Planned, tmp_path: Path) -> None:
    (tmp_path / path).write_text("")
    assert_is_refused(planned)


def test_a_plan_that_was_altered_is_refused(planned: Planned) -> None:
    planned.plan_file.write_text("another")
    assert_is_refused(planned)


def test_the_plan_of_an_apply_that_was_cut_short_stays_for_make_recover(planned: Planned, tmp_path: Path) -> None:
    (planned.folder / "gatehouse-applying").touch()
    (tmp_path / SOURCES[0]).unlink()
    with pytest.raises(UserError, match="changed since"):
        saved_plan.require(planned)
    assert planned.plan_file.exists()


def test_a_plan_of_another_environment_is_refused_by_its_name(planned: Planned) -> None:
    other = dataclasses.replace(planned, name="prod")
    with pytest.raises(UserError, match=r"the saved plan of prod is one of local; run `make plan ENV=prod` first"):
        saved_plan.require(other)


def test_a_plan_that_make_plan_did_not_write_is_refused(planned: Planned) -> None:
    planned.plan_file.with_suffix(".sha256").unlink()
    with pytest.raises(UserError, match=r"local\.tfplan has no seal of `make plan`"):
        saved_plan.require(planned)


@pytest.mark.parametrize("path", ["build/arm64/authorizer.zip", "README.md"])
def test_what_a_plan_was_not_made_from_may_change(path: str, planned: Planned, tmp_path: Path) -> None:
    (tmp_path / path).write_text("another")
    assert saved_plan.require(planned) == planned.plan_file


def test_a_plan_that_was_discarded_is_no_more(planned: Planned) -> None:
    saved_plan.discard(planned)
    with pytest.raises(UserError, match="there is no saved plan of local"):
        saved_plan.require(planned)


def test_a_plan_is_accepted_in_a_checkout_elsewhere(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    for path in [*SOURCES, *(str(path.relative_to(tmp_path)) for path in saved_plan.files(planned))]:
        (elsewhere / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / path, elsewhere / path)
    monkeypatch.setattr(saved_plan, "ROOT", elsewhere)
    monkeypatch.setattr(Planned, "folder", elsewhere / "plans")
    assert saved_plan.require(planned) == elsewhere / "plans" / "local.tfplan"
    (elsewhere / SOURCES[0]).unlink()
    assert_is_refused(planned)
