"""Every workflow has GitHub's documented form, gives no job more rights than it needs, and runs only verbs of make."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from scripts.pipeline.closed_previews import LABEL
from scripts.tools import ROOT
from tests.unit.github.runner import WORKFLOWS, places, starts, steps_of, workflow

NAMES = sorted(path.stem for path in WORKFLOWS.glob("*.yml"))
GITHUB = ROOT / ".github"
FAILS = "exit 1"


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in NAMES:
        for key, job in workflow(name)["jobs"].items():
            yield name, key, job


def steps() -> Iterator[dict[str, Any]]:
    for _, _, job in jobs():
        yield from job["steps"]
    for path in GITHUB.glob("actions/*/action.yml"):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["runs"]["steps"]


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_has_githubs_form(name: str) -> None:
    jsonschema.validate(workflow(name), get_builtin_schema("vendor.github-workflows"))


def test_the_files_for_dependabot_and_the_action_have_githubs_form() -> None:
    for path, schema in (
        (GITHUB / "dependabot.yml", "dependabot"),
        (GITHUB / "actions/setup/action.yml", "github-actions"),
    ):
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), get_builtin_schema(f"vendor.{schema}"))


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_may_do_nothing_that_a_job_does_not_ask_for(name: str) -> None:
    assert workflow(name)["permissions"] == {}


def test_only_known_jobs_may_write() -> None:
    writing = {
        (name, key): {scope for scope, level in job.get("permissions", {}).items() if level == "write"}
        for name, key, job in jobs()
    }
    assert {where: scopes for where, scopes in writing.items() if scopes} == {
        ("dependencies", "python"): {"contents", "pull-requests"},
        ("drift", "drift"): {"id-token", "issues"},
        ("main", "dev"): {"id-token", "pull-requests"},
        ("main", "prod"): {"id-token", "pull-requests"},
        ("preview", "deploy"): {"id-token", "pull-requests"},
        ("preview", "remove"): {"id-token", "pull-requests"},
        ("preview", "closed"): {"id-token"},
        ("preview", "sweep"): {"id-token"},
        ("pull-request", "access"): {"pull-requests"},
        ("pull-request", "plan"): {"checks", "id-token", "pull-requests"},
        ("release", "release"): {"attestations", "contents", "id-token"},
    }


def test_no_pull_request_runs_with_the_rights_of_the_main_branch() -> None:
    for name in NAMES:
        assert "pull_request_target" not in workflow(name)["on"]
        assert "workflow_run" not in workflow(name)["on"]


def test_every_action_is_pinned_by_commit_and_its_version_is_a_comment() -> None:
    lines = [line for path in GITHUB.rglob("*.yml") for line in path.read_text(encoding="utf-8").splitlines()]
    used = [line.strip(" -") for line in lines if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(r"uses: (\$/\.github/actions/\w+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)", line), line


def test_every_step_is_a_verb_of_make() -> None:
    others = {"echo", "exit"}  # to pass a version to the next step, and to end a job
    for step in steps():
        if "run" in step:
            words = step["run"].removeprefix("mkdir -p build/pipeline && ").split()
            assert words[0] == "make" or words[0] in others, step["run"]


def test_an_expression_is_never_part_of_a_command() -> None:
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", NAMES)
def test_steps_of_one_name_in_a_workflow_are_one_step(name: str) -> None:
    jobs = workflow(name)["jobs"].values()
    commands = {(place, step["run"]) for job in jobs for place, step in steps_of(name, job)}
    assert len(commands) == len(places(name))


def test_every_job_has_a_time_limit_and_every_checkout_forgets_its_token() -> None:
    for name, key, job in jobs():
        assert job["timeout-minutes"] <= 60, (name, key)
    for step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_the_last_job_needs_all_others(name: str) -> None:
    every = workflow(name)["jobs"]
    last = every[f"all-of-{name}"]
    assert [*every] == [*last["needs"], f"all-of-{name}"]
    assert last["if"] == "always()"
    assert last["steps"][-1]["run"] == FAILS
    for result in ("failure", "cancelled"):
        assert f"contains(needs.*.result, '{result}')" in last["steps"][-1]["if"]


def test_two_deployments_of_an_environment_wait_for_each_other() -> None:
    for environment in ("dev", "prod"):
        job = workflow("main")["jobs"][environment]
        assert job["concurrency"] == {"group": f"deploy-{environment}", "queue": "max"}
        assert (job["environment"], job["env"]["ENV"]) == (environment, environment)
    assert workflow("main")["jobs"]["prod"]["needs"] == ["dev"]


def test_a_plan_is_compared_before_it_is_applied() -> None:
    verbs = [step["run"].split()[1] for step in workflow("main")["jobs"]["prod"]["steps"] if "run" in step]
    assert verbs == ["description", "plan", "plan-report", "require-plan", "apply", "comment"]


def test_every_environment_is_planned_and_watched() -> None:
    declared = sorted(path.stem for path in (ROOT / "terraform/cloud/environments").glob("*.tfvars"))
    for name, job in (("pull-request", "plan"), ("drift", "drift")):
        assert workflow(name)["jobs"][job]["strategy"]["matrix"]["environment"] == declared
        environment = {"name": "${{ matrix.environment }}-plan", "deployment": False}
        assert workflow(name)["jobs"][job]["environment"] == environment


def event(action: str, *, label: str = "", labels: tuple[str, ...] = (), head: str = "owner/project") -> dict[str, Any]:
    """Return the context `github` for an event of pull request 7."""
    pull_request = {
        "number": 7,
        "head": {"repo": {"full_name": head}},
        "user": {"login": "somebody"},
        "labels": [{"name": name} for name in labels],
    }
    payload = {"action": action, "label": {"name": label}, "pull_request": pull_request}
    return {"event_name": "pull_request", "repository": "owner/project", "event": payload}


@pytest.mark.parametrize(
    ("github", "started"),
    [
        (event("labeled", label=LABEL, labels=(LABEL,)), {"deploy"}),
        (event("synchronize", labels=("other", LABEL)), {"deploy"}),
        (event("reopened", labels=(LABEL,)), {"deploy"}),
        (event("closed", labels=(LABEL,)), {"remove"}),
        (event("unlabeled", label=LABEL), {"remove"}),
        (event("labeled", label="other", labels=("other", LABEL)), set()),
        (event("unlabeled", label="other", labels=(LABEL,)), set()),
        (event("synchronize"), set()),
        (event("closed"), set()),
        (event("labeled", label=LABEL, labels=(LABEL,), head="stranger/project"), set()),
        (event("closed", labels=(LABEL,), head="stranger/project"), set()),
        ({"event_name": "schedule", "event": {}}, {"closed"}),
        ({"event_name": "workflow_dispatch", "event": {}}, {"closed"}),
    ],
)
def test_a_preview_comes_and_goes_with_its_label_and_never_for_a_fork(
    github: dict[str, Any], started: set[str]
) -> None:
    every = workflow("preview")["jobs"]
    assert {name for name in ("deploy", "remove", "closed") if starts(every[name], github)} == started


def test_a_fork_gets_the_report_on_access_and_no_plan() -> None:
    every = workflow("pull-request")["jobs"]
    for head, started in (("owner/project", {"access", "plan"}), ("stranger/project", {"access"})):
        github = event("opened", head=head)
        assert {name for name in ("access", "plan") if starts(every[name], github)} == started


def test_two_previews_never_write_the_tenants_list_of_actions_at_once() -> None:
    every = workflow("preview")["jobs"]
    for name in ("deploy", "remove", "sweep"):
        assert every[name]["concurrency"] == {"group": "previews", "queue": "max"}
        assert every[name]["environment"] == "previews"
    assert every["sweep"]["strategy"]["max-parallel"] == 1


def test_the_sweep_destroys_each_preview_that_was_found_and_a_failure_stops_no_other() -> None:
    sweep = workflow("preview")["jobs"]["sweep"]
    assert sweep["needs"] == ["closed"]
    assert sweep["strategy"]["fail-fast"] is False
    assert sweep["strategy"]["matrix"] == {"preview": "${{ fromJSON(needs.closed.outputs.names) }}"}
    assert [step["run"] for step in sweep["steps"] if "run" in step] == ["make destroy"]
    assert {sweep["env"]["ENV"], sweep["env"]["CONFIRM"]} == {"${{ matrix.preview }}"}
