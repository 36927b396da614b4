"""Two previews next to dev: the jobs deploy them, and remove them one after the other.

Nothing of dev and of the other preview may change, and a token of one must open nothing of the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scripts.build.data_files import load_project
from scripts.check.cloud_root.tenant import Tenant
from scripts.check.cloud_root.visitor import Visitor, VisitorSettings, expectations
from scripts.pipeline.closed_previews import LABEL
from scripts.project_name import PROJECT
from tests.pipeline.conftest import Applied, Project

FIRST, SECOND = 11, 12
APPLY = "Apply, and try what was deployed"
LABELS = [{"name": LABEL}]


@dataclass(frozen=True)
class Preview:
    """A deployed preview, as a visitor sees it."""

    applied: Applied
    number: int

    @property
    def host(self) -> str:
        """The name at which the emulated AWS answers for its distribution."""
        return f"{PROJECT}-pull{self.number}.localhost"

    def visitor(self) -> Visitor:
        """Return a new visitor, with the facts of the site's configuration."""
        config = httpx.get(f"{self.applied.aws_url}/config.json", headers={"host": self.host}, timeout=30).json()
        return Visitor(
            VisitorSettings(
                tenant_url=f"https://{self.applied.domain}",
                certificate=Path(self.applied.certificate),
                client_id=config["auth0"]["client_id"],
                audience=config["auth0"]["audience"],
                redirect_uri=self.address(),
                aws_url=self.applied.aws_url,
                site_host=self.host,
            )
        )

    def address(self) -> str:
        """Return the address of the distribution."""
        rows = self.applied.client("cloudfront").list_distributions()["DistributionList"]["Items"]
        (domain,) = (row["DomainName"] for row in rows if row["Comment"] == f"{PROJECT}-pull{self.number}")
        return f"https://{domain}"


def visit(project: Project, preview: Preview) -> str:
    """Sign in with each connection and call each list; return a token of the preview."""
    model = load_project(project.clone)
    token = ""
    for connection, granted in model.access["connections"].items():
        visitor = preview.visitor()
        token = visitor.sign_in(connection, list(model.access["scopes"]))
        wanted = expectations(model.access_model, granted["scopes"])
        assert {path: visitor.call(path, token) for path in wanted} == wanted
    return token


@pytest.fixture(scope="module")
def previews(project: Project, applied: Applied) -> Mapping[int, Preview]:
    """Two previews, deployed by their jobs."""
    for number in (FIRST, SECOND):
        remark = {"terraform/cloud/main.tf": ("# Each module", f"# {number}: each module")}
        project.open_pull_request(number, remark, labels=LABELS)
        ran = project.job("preview", "deploy", "previews", number=number)
        assert ran.succeeded, ran.output
        assert f"<{Preview(applied, number).address()}>" in project.comment(number, "preview")
    return {number: Preview(applied, number) for number in (FIRST, SECOND)}


def test_each_preview_answers_its_own_visitors_and_refuses_a_token_of_the_other(
    project: Project, previews: Mapping[int, Preview]
) -> None:
    tokens = {number: visit(project, preview) for number, preview in previews.items()}
    paths = expectations(load_project(project.clone).access_model, ())
    for preview, other in ((previews[FIRST], tokens[SECOND]), (previews[SECOND], tokens[FIRST])):
        assert {preview.visitor().call(path, other) for path in paths} == {httpx.codes.UNAUTHORIZED}


def test_a_preview_goes_with_its_pull_request_and_leaves_the_other_as_it_is(
    project: Project, previews: Mapping[int, Preview]
) -> None:
    project.github.pull_requests[FIRST]["state"] = "closed"
    ran = project.job("preview", "remove", "previews", number=FIRST)
    assert ran.succeeded, ran.output
    assert "There is no preview now" in project.comment(FIRST, "preview")
    visit(project, previews[SECOND])


def test_the_sweep_removes_what_was_left_and_nothing_else(
    project: Project, tenant: Tenant, previews: Mapping[int, Preview]
) -> None:
    project.github.pull_requests[SECOND]["state"] = "closed"
    found = project.job("preview", "closed", "previews")
    assert found.outputs == {"names": json.dumps([f"pull{SECOND}"])}, found.output
    ran = project.job("preview", "sweep", "previews", expressions={"matrix.preview": f"pull{SECOND}"})
    assert ran.succeeded, ran.output
    assert project.job("preview", "closed", "previews").outputs == {"names": "[]"}
