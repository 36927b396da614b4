"""`make plan-report` explains a plan, checks it by the rules, and shows no secret.

plans/ has one example for each rule, which breaks it, and one plan that breaks none.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.review.plan.changes import Plan, read
from scripts.review.plan.fingerprint import fingerprints
from scripts.review.plan.report import LIMIT, report
from scripts.review.plan.rules import RULES, judge
from scripts.tools import ROOT
from tests.commands import run_module

PLANS = Path(__file__).parent / "plans"
PUBLIC = frozenset({("GET", "/movies/health")})
BROKEN_BY = {
    "wildcard-principal": 3,
    "public-operation": 1,
    "permission-without-source": 1,
    "open-bucket": 2,
    "log-without-retention": 1,
    "secret-in-clear": 2,
    "protection-lost": 2,
    "data-lost": 2,
    "trust-changed": 2,
}


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def plan(name: str) -> Plan:
    return read(document(name), "dev")


def reported(name: str, accepted: frozenset[str] = frozenset(), limit: int = LIMIT) -> str:
    return report(plan(name), judge(plan(name), PUBLIC), accepted, limit)


def test_every_rule_has_a_plan_that_breaks_it() -> None:
    assert BROKEN_BY.keys() == RULES.keys() == {path.stem for path in PLANS.glob("*.json")} - {"good"}


def test_the_document_lists_every_rule() -> None:
    lines = (ROOT / "docs" / "review.md").read_text(encoding="utf-8").split("## Rules of a plan")[1].splitlines()
    assert [line.split("`")[1] for line in lines if line.startswith("| `")] == [*RULES]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_each_resource_that_breaks_it_and_no_other_rule_complains(rule: str) -> None:
    findings = judge(plan(rule), PUBLIC)
    assert {each.rule for each in findings if each.is_violation} == {rule}
    assert len({each.address for each in findings}) == BROKEN_BY[rule]
    assert all(each.acceptance == f"accept: {rule} {each.address}" for each in findings)


def test_a_good_plan_breaks_no_rule() -> None:
    assert judge(plan("good"), PUBLIC) == []


def test_a_production_table_that_is_destroyed_loses_data_and_its_protection() -> None:
    doomed = document("protection-lost")
    change = doomed["resource_changes"][0]["change"]
    change["actions"], change["after"] = ["delete"], None
    rules = {each.rule for each in judge(read(doomed, "prod"), PUBLIC)}
    assert rules == {"protection-lost", "data-lost"}


def test_a_policy_that_is_known_after_the_apply_is_listed_as_not_judged() -> None:
    later = document("wildcard-principal")
    change = later["resource_changes"][0]["change"]
    change["after"], change["after_unknown"] = {}, {"policy": True}
    findings = {each.address: each for each in judge(read(later, "dev"), PUBLIC)}
    assert not findings["module.stack.module.site.aws_s3_bucket_policy.files"].is_violation
    text = report(read(later, "dev"), [*findings.values()])
    assert "Not judged, because the plan does not know it yet: 1" in text
    assert "(known after apply)" in text


def test_what_is_lost_comes_before_everything_else() -> None:
    text = reported("data-lost")
    lines = text.splitlines()
    rules, lost = (
        lines.index(f"### {heading}") for heading in ("Rules that the plan breaks", "Destroyed and replaced")
    )
    assert rules < lost < min(place for place, line in enumerate(lines) if line.startswith("<details>"))
    assert "the connection amazon and every user who signed in with it" in text
    assert "all rows of the table gatehouse-dev-movies | `hash_key` |" in text
    assert "1 destroyed, 1 replaced." in lines


def test_changes_that_touch_security_are_listed_by_module_and_the_rest_is_folded() -> None:
    text = reported("good")
    security, rest = text.split("<details>")[0], text.split("<details>")[1]
    assert '### Security: `module.stack.module.rest_api["movies"]`' in security
    assert '| **public**: no authorizer | added `[{"auth0": []}]` |' in security
    assert "| `aws_cloudwatch_log_group.output` | `retention_in_days` | `30` | `90` |" in security
    assert "| `aws_lambda_function.code` | `environment.variables.LEEWAY_SECONDS` | `5` | `10` |" in security
    assert "`source_code_hash`" in rest
    assert "Noise: 1 aws_lambda_alias, 1 aws_s3_object, 1 terraform_data." in text


def test_an_operation_that_loses_its_authorizer_is_called_public() -> None:
    document_of_good = document("good")
    (row,) = (row for row in document_of_good["resource_changes"] if row["type"] == "aws_api_gateway_rest_api")
    row["change"]["before"], row["change"]["after"] = row["change"]["after"], row["change"]["before"]
    swapped = read(document_of_good, "dev")
    assert '| removed `[{"auth0": []}]` | **public**: no authorizer |' in report(
        swapped, judge(swapped, PUBLIC), frozenset(), LIMIT
    )


def test_no_sensitive_value_is_shown_also_where_an_attribute_does_not_say_that_it_is_one() -> None:
    for name in ("good", "secret-in-clear", "data-lost", "trust-changed"):
        text = reported(name)
        for secret in ("the-old-key", "the-new-key", "the-secret-at-amazon", "secret-of-hs256"):
            assert secret not in text
    assert "`environment.variables.SUBJECT_HASH_KEY` | (sensitive) | (sensitive)" in reported("good")
    shown = "| `module.stack.module.authorizer.aws_lambda_function.code` | `description` | `Decides` | (sensitive) |"
    assert shown in reported("secret-in-clear")


def test_an_accepted_violation_is_shown_as_accepted() -> None:
    line = "accept: log-without-retention module.stack.module.authorizer.aws_cloudwatch_log_group.output"
    assert line in reported("log-without-retention").splitlines()
    accepted = reported("log-without-retention", frozenset({line}))
    assert line not in accepted
    assert "| accepted |" in accepted


def test_a_report_that_is_too_long_loses_its_last_rows_and_says_how_many() -> None:
    long = document("data-lost")
    filler = document("good")["resource_changes"][5]
    long["resource_changes"] += [{**filler, "address": f"{filler['address']}{number}"} for number in range(900)]
    text = report(read(long, "dev"), judge(read(long, "dev"), PUBLIC))
    assert LIMIT * 0.9 < len(text) <= LIMIT
    assert "rows are left out here" in text
    assert "`make plan-report ENV=dev LIMIT=0` prints them all" in text
    assert "every user who signed in with it" in text, "what is lost stays"
    assert text.count("<details>") == text.count("</details>")
    assert len(report(read(long, "dev"), [], limit=0)) > LIMIT


def test_an_object_that_terraform_takes_over_is_shown_also_where_nothing_of_it_changes() -> None:
    found = document("good")
    change = found["resource_changes"][0]["change"]
    change |= {"actions": ["no-op"], "before": change["after"], "after_unknown": {}, "importing": {"id": "its-id"}}
    text = report(read({"resource_changes": found["resource_changes"][:1]}, "dev"), [])
    assert text.splitlines()[2] == "1 taken over."
    assert "| `aws_s3_bucket.files` | **taken over**: Terraform did not manage it before |" in text


def test_an_empty_plan_says_that_nothing_changes() -> None:
    assert "Nothing changes" in report(read({"resource_changes": []}, "dev"), [])


@pytest.mark.process
def test_the_exit_code_is_1_until_each_broken_rule_is_accepted(tmp_path: Path) -> None:
    arguments = ("scripts.review.plan_report", "dev", "--plan-json", str(PLANS / "permission-without-source.json"))
    first = run_module(*arguments, environment=os.environ)
    assert first.returncode == 1
    assert first.stderr.startswith("error: the plan of dev breaks permission-without-source; change it")
    description = tmp_path / "description.md"
    description.write_text(
        "A reason.\n\n" + "\n".join(line for line in first.stdout.splitlines() if line[:7] == "accept:")
    )
    second = run_module(*arguments, environment={**os.environ, "ACCEPTED": str(description)})
    assert second.returncode == 0, second.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("options", "environment", "sentence"),
    [
        (("dev",), {}, "there is no saved plan of dev; run `make plan ENV=dev` first."),
        (("dev", "--plan-json", str(ROOT / "Makefile")), {}, "cannot be read as JSON"),
        (("dev", "--plan-json", str(PLANS / "good.json")), {"LIMIT": "many"}, "LIMIT is many"),
        (("dev", "--plan-json", str(PLANS / "good.json")), {"ACCEPTED": "/nowhere"}, "ACCEPTED names /nowhere"),
    ],
)
def test_a_users_mistake_is_one_sentence(options: tuple[str, ...], environment: dict[str, str], sentence: str) -> None:
    answer = run_module("scripts.review.plan_report", *options, environment={**os.environ, **environment})
    assert answer.returncode == 2
    assert sentence in answer.stderr


def test_two_plans_that_do_the_same_have_the_same_fingerprint_and_another_change_has_another() -> None:
    found = document("good")
    before = fingerprints(read(found, "dev"))
    for resource in found["resource_changes"]:  # other code, in another order
        if resource["type"] == "aws_lambda_function":
            resource["change"]["after"]["source_code_hash"] = "another"
    found["resource_changes"].reverse()
    assert fingerprints(read(found, "dev")) == before
    group = next(each for each in found["resource_changes"] if each["type"] == "aws_cloudwatch_log_group")
    group["change"]["after"]["retention_in_days"] = 1
    after = fingerprints(read(found, "dev"))
    assert after["fingerprint"] != before["fingerprint"]
    differing = [one["address"] for one, other in zip(after["changes"], before["changes"], strict=True) if one != other]
    assert differing == [group["address"]]


def test_a_fingerprint_does_not_depend_on_a_sensitive_value_and_noise_has_none() -> None:
    text = (PLANS / "good.json").read_text(encoding="utf-8")
    changed = json.loads(text.replace("the-new-key", "the-newest-key"))
    assert fingerprints(read(changed, "dev")) == fingerprints(plan("good"))
    types = {each["address"].split(".")[-2] for each in fingerprints(plan("good"))["changes"]}
    assert types.isdisjoint({"aws_lambda_alias", "terraform_data"})


@pytest.mark.process
def test_the_changes_go_to_a_file_also_where_a_rule_is_broken(tmp_path: Path) -> None:
    arguments = ("scripts.review.plan_report", "dev")
    given = {"PLAN_JSON": str(PLANS / "data-lost.json"), "CHANGES": str(tmp_path / "new" / "dev.json")}
    assert run_module(*arguments, environment={**os.environ, **given}).returncode == 1
    written = json.loads((tmp_path / "new" / "dev.json").read_text(encoding="utf-8"))
    assert written == fingerprints(plan("data-lost"))
    assert [each["action"] for each in written["changes"]] == ["delete", "replace"]
