"""A plan that holds a secret is not kept; the saved plan of a whole root is kept in tests/pipeline."""

from typing import Any

import pytest

from scripts.pipeline.keep_plan import secrets_in


def plan(variables: dict[str, Any], before: object = None) -> dict[str, Any]:
    declared = {"region": {}, "signing_secret": {"sensitive": True}}
    return {
        "configuration": {"root_module": {"variables": declared}},
        "variables": {name: {"value": value} for name, value in variables.items()},
        "resource_changes": [{"address": "a.b", "change": {"before": before}}],
    }


@pytest.mark.parametrize(
    ("found", "held"),
    [
        (plan({"region": "eu-west-1", "signing_secret": None}), []),
        (plan({"region": "eu-west-1"}), []),
        (plan({"signing_secret": "a secret"}), ["the variable signing_secret"]),
        (plan({}, {"signing_secret": "a secret"}), ["the signing_secret of a.b"]),
        (plan({}, {"options": [{"client_id": "ours", "client_secret": "x"}]}), ["the client_secret of a.b"]),
        (plan({}, {"signing_secret": "", "options": [{"client_secret": None}]}), []),
    ],
)
def test_sensitive_variables_and_secrets_of_the_tenants_objects_are_found(
    found: dict[str, Any], held: list[str]
) -> None:
    assert [*secrets_in(found)] == held


def test_a_secret_that_only_the_state_before_the_reading_had_is_found() -> None:
    """This happens after an upgrade: Terraform's application can no longer read a connection's options."""
    drift = {"address": "a.c", "change": {"before": {"options": [{"client_secret": "x"}]}, "after": {"options": []}}}
    assert [*secrets_in({**plan({}), "resource_drift": [drift]})] == ["the client_secret of a.c"]
