"""The jobs of every workflow, run in a clone: with GitHub's variables, a bare repository as origin, and a fake GitHub.

The steps that need an account and a tenant are left out here; tests/pipeline runs them. The plans of
tests/unit/scripts/review/plans replace their results. The comments go to build/pull-requests/.
"""

import dataclasses
import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scripts.child_environment import NPM, UV, for_program
from scripts.deploy.preview import text as preview_text
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.management_api import ManagementApi
from scripts.tools import ROOT
from tests.checkout import copy_auth0, copy_checkout
from tests.unit.github.repository import clone_of, git
from tests.unit.github.runner import HAVE_RUN, NEVER, WITH_THE_PROVIDER, WORKFLOWS, Ran, places, run_job, workflow
from tests.unit.github.shown import require_shown
from tests.unit.scripts.pipeline.github_stand_in import REPOSITORY, GitHub, job_environment, running

pytestmark = pytest.mark.process

PLANS = ROOT / "tests" / "unit" / "scripts" / "review" / "plans"
DOCUMENT = ROOT / "docs" / "pipeline.md"
COMMENTS = ROOT / "build" / "pull-requests"
DIFFERENCE, PROOF = (
    "Show for whom which operation opens or closes",
    "Prove that the policies allow that and nothing else",
)
KEEP = "Take the plan and its build, unless it holds a secret"
COMMENT, APPLY = "Write the comment on the plan", "Apply, and try what was deployed"
MERGE, SECOND_MERGE = "3" * 40, "4" * 40
CREDENTIALS = (
    "vars.AUTH0_DOMAIN",
    "vars.AUTH0_CLIENT_ID",
    "secrets.AUTH0_CLIENT_ASSERTION_PRIVATE_KEY",
)
LINE = "accept: GET /movies for everyone, without a token"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with the main branch, a branch that opens an operation, and one that changes no decision."""
    folder = tmp_path_factory.mktemp("repository")
    copy_checkout(folder / "source")
    made = clone_of(folder / "source", folder)
    document = made / "functions" / "movies" / "openapi.yaml"
    git(made, "checkout", "-q", "-b", "opens")
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("security: [{ auth0: [read:Movies] }]", "security: []", 1), encoding="utf-8")
    git(made, "commit", "-q", "-a", "-m", "Let everybody read the movies")
    git(made, "checkout", "-q", "-b", "rewords", "main")
    document.write_text(text.replace("List the movies, a page at a time", "List the movies"), encoding="utf-8")
    git(made, "commit", "-q", "-a", "-m", "Reword")
    return made


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A GitHub with pull request 7, whose description accepts nothing."""
    with running() as made:
        made.add_pull_request(body="A reason.")
        yield made


def shell(github: GitHub, folder: Path) -> dict[str, str]:
    return {**for_program(UV, NPM), "CI": "true", **job_environment(github, folder)}


def review(github: GitHub, clone: Path, folder: Path, *left_out: str) -> Ran:
    """Run the job `access`; if a step is left out, its report is that of the previous run."""
    expressions = {"github.token": "a-token", "github.base_ref": "main"}
    return run_job("pull-request", "access", clone, shell(github, folder), expressions, left_out=left_out)


def keep(name: str, text: str) -> None:
    """Keep a comment, and compare the document's copy with it: each line of the copy begins a line of the comment."""
    COMMENTS.mkdir(parents=True, exist_ok=True)
    (COMMENTS / f"{name}.md").write_text(text, encoding="utf-8")
    require_shown(name, text)


def test_a_pull_request_that_changes_no_decision_says_so_and_one_from_a_fork_in_the_summary_alone(
    github: GitHub, clone: Path, tmp_path: Path
) -> None:
    git(clone, "checkout", "-q", "rewords")
    ran = review(github, clone, tmp_path)
    assert ran.succeeded, ran.output
    (comment,) = github.bodies(7)
    assert "Nothing changes, compared with origin/main" in comment
    keep("changes-nothing", comment)

    (tmp_path / "summary.md").unlink()
    github.comments.clear()
    github.only_reads = True
    github.pull_requests[7]["head"]["repo"] = {"full_name": "stranger/project"}
    ran = review(github, clone, tmp_path, "Read the description", DIFFERENCE, PROOF)
    assert ran.succeeded, ran.output
    assert github.bodies(7) == []
    assert "this pull request's token may only read" in ran.output
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").strip() == comment


def test_a_pull_request_that_opens_an_operation_fails_until_its_description_has_the_line(
    github: GitHub, clone: Path, tmp_path: Path
) -> None:
    git(clone, "checkout", "-q", "opens")
    ran = review(github, clone, tmp_path)
    assert ran.failed == [DIFFERENCE], ran.output
    (comment,) = github.bodies(7)
    assert LINE in comment.splitlines()
    assert "| `GET /movies` | everyone, without a token | **opened** |" in comment
    assert "policies allow what the documents declare, on all paths and methods" in comment
    shown = [line[2:] for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("> ")]
    assert set(shown) <= set(comment.splitlines()), "docs/pipeline.md shows it"
    keep("opens-an-operation", comment)

    github.pull_requests[7]["body"] = f"A reason.\n\n{LINE}\n"
    ran = review(github, clone, tmp_path, PROOF)
    assert ran.succeeded, ran.output
    assert len(github.bodies(7)) == 1, "the comment is changed where it is"


def test_a_plan_that_destroys_a_table_fails_until_its_line_and_is_then_applied_by_its_own_merge_alone(
    github: GitHub, clone: Path, tmp_path: Path
) -> None:
    git(clone, "checkout", "-q", "main")
    job = ("pull-request", "plan", clone)
    variables = {**shell(github, tmp_path), "PLAN_JSON": str(PLANS / "data-lost.json")}
    expressions = {"github.token": "a-token", "matrix.environment": "dev", "inputs.plan_dev": ""}
    ran = run_job(*job, variables, expressions, left_out=("Plan", KEEP))
    assert ran.failed == ["Say what the plan means"], ran.output
    (comment,) = github.bodies(7)
    lines = [line for line in comment.splitlines() if line.startswith("accept: data-lost ")]
    assert 'accept: data-lost module.stack.aws_dynamodb_table.rows["movies"]' in lines
    assert "## Cost of dev" in comment
    assert github.check_runs == [], "nothing was reviewed"
    keep("destroys-a-table", comment)

    github.pull_requests[7]["body"] = "\n".join(lines)
    ran = run_job(*job, variables, expressions, left_out=("Plan", "Say what it costs", KEEP, COMMENT))
    assert ran.succeeded, ran.output
    assert [run["name"] for run in github.check_runs] == ["reviewed plan of dev"]
    assert REPOSITORY in github.check_runs[0]["details_url"]

    github.pull_requests[7] |= {"merged_at": "2026-11-29T00:00:00Z", "merge_commit_sha": MERGE}
    github.merged_by[MERGE] = [7]
    ran = deploy(github, clone, tmp_path, expressions, MERGE)
    assert ran.succeeded, ran.output
    keep("deployment", github.bodies(7)[-1])

    # Pull request 8 is merged right after 7, whose apply has failed, so the plan after 8 also has the changes of 7.
    # Run 8 waited for run 7 (`concurrency`), and it must not apply changes that nobody has reviewed together with 8.
    github.add_pull_request(8, body="Another reason.", merged_at="2026-11-29T00:00:01Z", merge_commit_sha=SECOND_MERGE)
    github.pull_requests[8]["head"]["sha"] = "8" * 40
    github.check_runs.append({**github.check_runs[0], "head_sha": "8" * 40, "output": {"text": "```text\n```"}})
    github.merged_by[SECOND_MERGE] = [7, 8]
    ran = deploy(github, clone, tmp_path, expressions, SECOND_MERGE, "Read the description of the merged pull request")
    assert ran.failed == ["Refuse a plan that nobody has reviewed"], ran.output
    (comment,) = github.bodies(8)
    assert comment.startswith("<!-- gatehouse: deployment of dev -->")
    keep("refused-deployment", comment)


def deploy(
    github: GitHub, clone: Path, folder: Path, expressions: Mapping[str, str], merge: str, *left_out: str
) -> Ran:
    """Run the job that deploys dev after a merge, with the plan that loses data, without the step that applies it."""
    merged = {**shell(github, folder), **job_environment(github, folder, None, merge)}
    variables = {**merged, "PLAN_JSON": str(PLANS / "data-lost.json")}
    return run_job("main", "dev", clone, variables, expressions, left_out=("Plan", APPLY, *left_out))


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running local tenant after an apply, in which doctor finds nothing."""
    aws, auth0, auth0_tls = free_ports(3)
    chosen = Settings(tmp_path_factory.mktemp("local"), aws_port=aws, auth0_port=auth0, auth0_tls_port=auth0_tls)
    service = definitions.auth0(chosen)
    access = str(copy_auth0(tmp_path_factory.mktemp("project")))
    own = str(ROOT / "auth0" / "access.yaml")
    service = dataclasses.replace(service, command=tuple(access if part == own else part for part in service.command))
    services.ensure(service)
    yield chosen
    services.stop(service)


def night(github: GitHub, clone: Path, folder: Path, tenant: Settings, plan: Path | None) -> str:
    """Run the nightly job on the local system; return the text of its open issue, if any.

    `plan` is a file; None keeps the report of the previous night.
    """
    git(clone, "checkout", "-q", "main")
    of_tenant = {
        "GATEHOUSE_LOCAL_DIR": str(tenant.directory),
        "GATEHOUSE_AUTH0_PORT": str(tenant.auth0_port),
        "GATEHOUSE_AUTH0_TLS_PORT": str(tenant.auth0_tls_port),
    }
    variables = {**shell(github, folder), **of_tenant, "PLAN_JSON": str(plan or "")}
    left_out = ("Plan",) if plan else ("Plan", "Say what the plan means")
    expressions = dict.fromkeys(CREDENTIALS, "") | {"github.token": "a-token", "matrix.environment": "local"}
    ran = run_job("drift", "drift", clone, variables, expressions, left_out=left_out)
    assert ran.succeeded, ran.output
    return "".join(issue["body"] for issue in github.issues.values() if issue["state"] == "open")


def test_the_nightly_issue_is_open_while_the_plan_or_doctor_finds_something(
    github: GitHub, clone: Path, tmp_path: Path, tenant: Settings
) -> None:
    changes_nothing = tmp_path / "plan.json"
    changes_nothing.write_text('{"resource_changes": []}', encoding="utf-8")
    issue = night(github, clone, tmp_path, tenant, PLANS / "good.json")
    assert "### Security: `module.stack.module.rest_api" in issue
    assert "make doctor" not in issue, "nobody has put anything next to the site"
    keep("drift", issue)

    credentials = json.loads((tenant.directory / "auth0" / "management.json").read_text(encoding="utf-8"))
    shell_of_tenant = {f"AUTH0_{name.upper()}": value for name, value in credentials.items()}
    with ManagementApi(tenant.issuer.rstrip("/"), shell_of_tenant) as api:
        site = next(row for row in api.rows("clients", "clients") if row.get("app_type") == "spa")
        added = api.send("POST", "connections", body={"name": "github", "strategy": "github"})
        enabled = [{"client_id": site["client_id"], "status": True}]
        api.send("PATCH", f"connections/{added['id']}/clients", body=enabled)
        issue = night(github, clone, tmp_path, tenant, changes_nothing)
        assert '- **warning** Connections of the site: "github" is enabled' in issue
        assert "differ" not in issue, "the plan changes nothing"
        keep("drift-that-no-plan-shows", issue)

        api.send("DELETE", f"connections/{added['id']}")
        assert night(github, clone, tmp_path, tenant, None) == ""
        assert len(github.issues) == 1


def test_a_preview_has_one_comment_with_its_address_which_later_says_that_it_is_gone(
    github: GitHub, clone: Path, tmp_path: Path
) -> None:
    git(clone, "checkout", "-q", "main")
    variables = {**shell(github, tmp_path), "PLAN_JSON": str(PLANS / "good.json")}
    expressions = dict.fromkeys(CREDENTIALS, "") | {"github.token": "a-token", "github.event.pull_request.number": "7"}
    report = clone / "build" / "pipeline" / "preview.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(preview_text("pull7", "https://d111111abcdef8.cloudfront.net"), encoding="utf-8")
    left_out = ("Plan", APPLY, "Say where it answers")
    ran = run_job("preview", "deploy", clone, variables, expressions, left_out=left_out)
    assert ran.succeeded, ran.output
    (comment,) = github.bodies(7)
    assert "**<https://d111111abcdef8.cloudfront.net>** is this pull request" in comment
    keep("preview", comment)

    report.write_text(preview_text("pull7", None), encoding="utf-8")
    ran = run_job("preview", "remove", clone, variables, expressions, left_out=("Destroy", "Say that it is gone"))
    assert ran.succeeded, ran.output
    (comment,) = github.bodies(7)
    assert "There is no preview now" in comment


def test_newer_packages_are_proposed_in_a_pull_request(github: GitHub, clone: Path, tmp_path: Path) -> None:
    git(clone, "checkout", "-q", "main")
    listed = clone / "requirements" / "authorizer.txt"
    listed.write_text(listed.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    variables = {**shell(github, tmp_path), **job_environment(github, tmp_path, None)}
    left_out = ("Take newer versions",)
    ran = run_job("dependencies", "python", clone, variables, {"github.token": "a-token"}, left_out=left_out)
    git(clone, "checkout", "-q", "--", "requirements")
    os.utime(listed, (0, 0))
    assert ran.succeeded, ran.output
    (_, made) = github.pull_requests.values()
    assert made["title"] == "Take newer versions of the Python packages"
    assert git(clone, "diff", "--name-only", "main", "origin/dependencies") == "requirements/authorizer.txt"


def test_a_tag_becomes_a_release_with_every_archive(github: GitHub, clone: Path, tmp_path: Path) -> None:
    git(clone, "checkout", "-q", "main")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    variables = {**shell(github, tmp_path), **job_environment(github, tmp_path, None)}
    expressions = {"github.token": "a-token", "github.ref_name": f"v{version}"}
    ran = run_job("release", "release", clone, variables, expressions)
    assert ran.succeeded, ran.output
    (release,) = github.releases.values()
    assert (release["tag_name"], release["draft"]) == (f"v{version}", False)
    uploaded = {each["name"]: each["content"] for each in github.assets.values()}
    for line in uploaded.pop("SHA256SUMS").decode().splitlines():
        digest, name = line.split()
        assert hashlib.sha256(uploaded.pop(name)).hexdigest() == digest
    assert uploaded == {}, "each file has its sum"


@pytest.mark.parametrize("name", sorted(path.stem for path in WORKFLOWS.glob("*.yml")))
def test_the_last_job_of_a_workflow_fails_with_any_other(clone: Path, name: str) -> None:
    last = f"all-of-{name}"
    others = workflow(name)["jobs"][last]["needs"]

    def fails(**results: str) -> bool:
        needs = {other: {"result": results.get(other, "success")} for other in others}
        return not run_job(name, last, clone, {"PATH": os.environ["PATH"]}, {}, needs=needs).succeeded

    assert not fails()
    for other in others:
        assert fails(**{other: "failure"})
        assert fails(**{other: "cancelled"})


def test_every_step_of_every_job_has_been_run(request: pytest.FixtureRequest) -> None:
    """This test comes last, because the tests above run the steps; `run_job` records them."""
    cases = {test for item in request.session.items if item.path == request.path for test in [item.name.split("[")[0]]}
    if cases != {name for name in dir(request.module) if name.startswith("test_")}:
        pytest.skip("only some of the cases run")
    every = {place for path in WORKFLOWS.glob("*.yml") for place in places(path.stem)}
    assert every >= WITH_THE_PROVIDER | NEVER.keys(), "a step of the list is no more"
    assert every - HAVE_RUN == WITH_THE_PROVIDER | NEVER.keys()
