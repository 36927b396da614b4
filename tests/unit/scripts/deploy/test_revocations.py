"""`make apply` compares the revocation list in a saved plan's state with the one in force."""

import json
import time
from typing import Any

import pytest

from scripts.deploy.revocations import require_present_list
from scripts.errors import UserError
from scripts.revocation_list import SETTING
from tests.unit.scripts.conftest import Place

UNTIL = round(time.time()) + 3600
STANDING = {"jti:a": UNTIL}


def planned(function: str, entries: dict[str, float] | None) -> dict[str, Any]:
    """Return a plan, as `terraform show -json` prints it, whose prior state has the entries."""
    variables = {"JWKS": "{}"} | ({} if entries is None else {SETTING: json.dumps(entries)})
    other = {"type": "aws_lambda_function", "values": {"function_name": "other", "environment": []}}
    values = {"function_name": function, "environment": [{"variables": variables}]}
    module = {"resources": [other, {"type": "aws_lambda_function", "values": values}]}
    return {"prior_state": {"values": {"root_module": {"child_modules": [{"child_modules": [module]}]}}}}


def test_a_plan_that_knows_the_list_may_be_applied(place: Place) -> None:
    require_present_list(planned(place.deployed.authorizer, None), place.deployed)
    place.write(**{SETTING: json.dumps(STANDING)})
    require_present_list(planned(place.deployed.authorizer, dict(STANDING)), place.deployed)
    ended = {"jti:old": time.time() - 1}
    require_present_list(planned(place.deployed.authorizer, STANDING | ended), place.deployed)


@pytest.mark.parametrize("known", [None, {}, {"jti:a": UNTIL - 60}, STANDING | {"jti:b": UNTIL}])
def test_a_plan_of_before_the_last_change_of_the_list_is_refused(place: Place, known: dict[str, float] | None) -> None:
    place.write(**{SETTING: json.dumps(STANDING)})
    with pytest.raises(UserError, match=r"the plan would undo that; run `make plan` again"):
        require_present_list(planned(place.deployed.authorizer, known), place.deployed)


def test_a_plan_that_makes_the_function_has_no_list_to_lose(place: Place) -> None:
    require_present_list({}, place.deployed)
    require_present_list(planned("gatehouse-elsewhere-authorizer", None), place.deployed)


def test_a_function_that_is_gone_is_for_terraform_to_report(place: Place) -> None:
    place.deployed.functions.delete_function(FunctionName=place.deployed.authorizer)
    require_present_list(planned(place.deployed.authorizer, dict(STANDING)), place.deployed)
