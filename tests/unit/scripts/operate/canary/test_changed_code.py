"""The plans that a canary accepts. tests/system/test_rollback.py gives it real ones."""

from typing import Any

import pytest

from scripts.errors import UserError
from scripts.operate.canary.changed_code import functions

CODE = {"function_name": "gatehouse-dev-movies", "filename": "a.zip", "source_code_hash": "1", "timeout": 3}


def change(kind: str, before: object = None, after: object = None, **unknown: bool) -> dict[str, Any]:
    actions = ["no-op"] if before == after and before else ["update"]
    changed = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
    return {"address": f"module.stack.{kind}.it", "mode": "managed", "type": kind, "change": changed}


def plan(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"resource_changes": list(changes)}


def function(**after: object) -> dict[str, Any]:
    return change(
        "aws_lambda_function", {**CODE, "version": "1"}, {**CODE, "source_code_hash": "2"} | after, version=True
    )


def test_other_code_its_pointer_and_the_site_are_taken() -> None:
    other = [change("aws_lambda_alias", {"function_version": "1"}, {}), change("aws_s3_object", None, {"key": "a"})]
    same = change("aws_api_gateway_rest_api", {"body": "{}"}, {"body": "{}"})
    assert functions(plan(function(), *other, same), "dev") == ["gatehouse-dev-movies"]


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (
            change("aws_api_gateway_rest_api", {"body": "{}"}, {"body": "{ }"}),
            "module.stack.aws_api_gateway_rest_api.it",
        ),
        (change("auth0_client_grant", {"scopes": []}, {"scopes": ["a"]}), "module.stack.auth0_client_grant.it"),
        (function(timeout=9), "timeout of module.stack.aws_lambda_function.it"),
    ],
)
def test_a_change_that_takes_effect_for_all_requests_at_once_is_refused_by_name(
    other: dict[str, Any], named: str
) -> None:
    with pytest.raises(UserError, match=f"this plan also changes {named}, which takes effect for all requests"):
        functions(plan(function(), other), "dev")


def test_a_plan_without_other_code_has_nothing_to_share() -> None:
    with pytest.raises(UserError, match="nothing to try: `make apply ENV=dev` applies it to all"):
        functions(plan(change("aws_s3_object", None, {"key": "a"})), "dev")
