"""`make destroy`: its questions before it starts, and its list of the objects that stay."""

from typing import Any

import pytest

from scripts.deploy.destroy import describe, leave_api, remove_origin_keys, require_word_for_tables
from scripts.errors import UserError
from scripts.safe_destroy import DELETE, KEEP, managed
from scripts.signing_secret import Parameter
from tests.unit.scripts.conftest import Place

CONNECTION = {"kind": "auth0_connection", "name": "amazon", "id": "con_1"}
FUNCTION = {"kind": "aws_lambda_function", "name": "films-prod-movies", "id": "films-prod-movies"}
TABLE = {"kind": "aws_dynamodb_table", "name": "films-prod-movies", "id": "films-prod-movies"}
PROTECTED = {**TABLE, "deletion_protection_enabled": True}


def state(*objects: dict[str, Any]) -> dict[str, Any]:
    resources = [{"mode": "managed", "address": one["id"], "type": one["kind"], "values": one} for one in objects] + [
        {"mode": "data", "address": "data.x", "type": "aws_region", "values": {"name": "eu-west-1"}}
    ]
    return {"values": {"root_module": {"child_modules": [{"resources": resources}]}}}


@pytest.mark.parametrize(("table", "is_production"), [(PROTECTED, False), (TABLE, True), (PROTECTED, True)])
def test_protected_tables_and_those_of_production_need_a_word(table: dict[str, Any], *, is_production: bool) -> None:
    found = managed(state(CONNECTION, FUNCTION, table))

    with pytest.raises(UserError, match=r"nothing was destroyed: prod .* Decide about films-prod-movies: TABLES=keep"):
        require_word_for_tables(found, "prod", "", is_production=is_production)
    for word in (KEEP, DELETE):
        require_word_for_tables(found, "prod", word, is_production=is_production)


def test_the_tables_of_a_trial_need_none_but_a_wrong_word_is_a_mistake() -> None:
    found = managed(state(CONNECTION, FUNCTION, TABLE))

    require_word_for_tables(found, "dev", "", is_production=False)
    with pytest.raises(UserError, match="TABLES is keep or delete, not 'yes'"):
        require_word_for_tables(found, "dev", "yes", is_production=False)


def test_objects_that_stay_are_listed_with_the_way_to_use_them_again() -> None:
    lines = list(describe(managed(state(CONNECTION, PROTECTED))))

    assert lines == [
        "stays in the tenant, with its users: the connection amazon (con_1)",
        'to take them over in a later apply: existing_connection_ids = { amazon = "con_1" } in the tfvars file',
        "stays in the account: the table films-prod-movies; before a later apply, import it to films-prod-movies",
    ]


@pytest.mark.process
def test_the_origin_keys_of_the_environment_go_with_it_and_those_of_others_stay(place: Place) -> None:
    ours, others = f"{place.deployed.name}-origin-20261129", f"other-{place.deployed.name}-origin-1"
    for name in (ours, others):
        place.deployed.apis.create_api_key(name=name, enabled=True)

    assert remove_origin_keys(place.deployed) == [ours]
    left = {key["name"] for key in place.deployed.apis.get_api_keys()["items"]}
    assert others in left
    assert ours not in left


def test_with_hs256_the_parameter_goes_and_the_api_stays(place: Place) -> None:
    parameter = Parameter(place.deployed.client("ssm"), place.deployed.name)
    parameter.write(["a secret"])
    said = list(leave_api(place.deployed, "dev"))
    assert not parameter.exists()
    assert said[0] == f"removed the parameter {parameter.name}, which `make secret` made"
    assert said[1:] == list(leave_api(place.deployed, "dev")), "a second time only the API is left to speak of"
    assert said[1].startswith("stays in the tenant: the API")
