"""The changes of a plan to objects of others, and the consent that the first such change needs."""

from typing import Any

import pytest

from scripts import outside
from scripts.errors import UserError
from scripts.project_name import PROJECT

OURS = {"project": PROJECT, "environment": "dev", "managed_by": "terraform"}


def resource(kind: str, *actions: str, before: Any = None, after: Any = None, importing: str | None = None) -> Any:
    """Return a change of one resource, as `terraform show -json` prints it."""
    change = {"actions": list(actions), "before": before, "after": after, "after_unknown": {}}
    if importing:
        change["importing"] = {"id": importing}
    return {"address": f"module.m.{kind}.x", "type": kind, "change": change}


def lines(*resources: Any) -> list[str]:
    return [change.line for change in outside.changes({"resource_changes": list(resources)}, "dev")]


def test_objects_of_our_own_are_not_named() -> None:
    assert (
        lines(
            resource("auth0_client", "create", after={"name": "AWSDemo"}),
            resource("auth0_connection", "create", after={"name": "amazon"}),
            resource("auth0_connection_client", "create", after={}),
            resource("aws_s3_bucket", "create", after={"bucket": "gatehouse-dev-site", "tags_all": OURS}),
            resource("aws_s3_bucket", "update", before={"bucket": "gatehouse-dev-site", "tags_all": OURS}, after={}),
            resource("auth0_branding", "no-op", before={}, after={}),
            resource("auth0_tenant", "read", after={}),
        )
        == []
    )


def test_a_connection_that_is_taken_over_is_named_with_what_changes_and_what_is_lost() -> None:
    before = {
        "name": "google-oauth2",
        "display_name": "Theirs",
        "options": [{"client_id": "theirs", "scopes": ["email"]}],
    }
    after = {"name": "google-oauth2", "display_name": "Google", "options": [{"client_id": None, "scopes": ["email"]}]}
    taken_over = resource("auth0_connection", "update", before=before, after=after, importing="con_1")
    assert lines(taken_over) == [
        "Auth0: takes over the connection google-oauth2: changes display_name; erases client_id"
    ]


def test_a_connection_that_is_taken_over_unchanged_is_named_too() -> None:
    same = {"name": "amazon", "options": [{"client_id": "ours"}]}
    assert lines(resource("auth0_connection", "no-op", before=same, after=same, importing="con_1")) == [
        "Auth0: takes over the connection amazon: as it is"
    ]


@pytest.mark.parametrize("kind", ["auth0_branding", "auth0_branding_theme", "auth0_prompt", "auth0_prompt_custom_text"])
def test_the_look_of_the_tenant_is_named_whatever_happens_to_it(kind: str) -> None:
    for change in (
        resource(kind, "create", after={"body": "x"}),
        resource(kind, "update", before={"body": "x"}, after={"body": "y"}),
        resource(kind, "delete", before={"body": "x"}),
    ):
        (line,) = lines(change)
        assert "every application" in line


def test_a_secret_is_named_and_not_shown() -> None:
    before = {"name": "amazon", "options": [{"client_secret": "old secret"}]}
    after = {"name": "amazon", "options": [{"client_secret": "new secret"}]}
    (line,) = lines(resource("auth0_connection", "update", before=before, after=after))
    assert line == "Auth0: changes the connection amazon: changes client_secret"


def test_what_others_made_in_aws_is_named() -> None:
    theirs = {"bucket": "their-site", "tags_all": {"project": "shop"}}
    assert lines(resource("aws_s3_bucket", "delete", before=theirs)) == [
        "AWS: deletes module.m.aws_s3_bucket.x (their-site), which is not tagged as ours"
    ]
    prod = {"bucket": "gatehouse-prod-site", "tags_all": {**OURS, "environment": "prod"}}
    assert len(lines(resource("aws_s3_bucket", "update", before=prod, after=prod))) == 1
    assert lines(resource("aws_api_gateway_account", "create", after={})) == [
        "AWS: sets API Gateway's settings of the whole account and region"
    ]


def test_only_the_first_change_of_a_thing_needs_consent() -> None:
    adopted = resource(
        "auth0_branding", "update", before={"logo_url": "a"}, after={"logo_url": "b"}, importing="tenant"
    )
    later = resource("auth0_branding", "update", before={"logo_url": "b"}, after={"logo_url": "c"})
    for found, needs in ((adopted, True), (later, False)):
        changes = outside.changes({"resource_changes": [found]}, "dev")
        outside.require_consent(changes, "dev", given=True)
        if needs:
            with pytest.raises(UserError, match=r"(?s)takes over the tenant's logo.*make apply ENV=dev OUTSIDE=yes"):
                outside.require_consent(changes, "dev", given=False)
        else:
            outside.require_consent(changes, "dev", given=False)
