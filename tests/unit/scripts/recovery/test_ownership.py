"""Which object of an import is ours, and whether every declared type can be found."""

import re
from typing import Any

import boto3
import pytest

from scripts.errors import OperationError, UserError
from scripts.recovery import account, ownership, recovery, tenant
from scripts.recovery.account import Account
from scripts.recovery.ownership import why_not_ours
from scripts.recovery.recovery import require_no_deletion, require_ours
from scripts.tools import ROOT

TAGS = {"project": "films", "environment": "dev", "managed_by": "terraform"}


def change(kind: str, before: dict[str, Any], after: dict[str, Any], **unknown: object) -> dict[str, Any]:
    members = {"before": before, "after": after, "after_unknown": unknown, "importing": {"id": "its id"}}
    return {"type": kind, "address": f"{kind}.one", "change": {"actions": ["update"], **members}}


def test_an_object_with_all_planned_tags_is_ours_whatever_else_it_has() -> None:
    before = {"tags_all": {**TAGS, "cost": "1"}, "timeout": 3}
    assert why_not_ours(change("aws_lambda_function", before, {"tags_all": TAGS, "timeout": 5})) is None


@pytest.mark.parametrize("tags", [None, {}, {**TAGS, "environment": "prod"}])
def test_an_object_that_lacks_a_tag_is_not_ours_even_if_all_else_is_as_planned(tags: object) -> None:
    before = {"tags_all": tags, "name": "films-dev"}
    why = why_not_ours(change("aws_iam_role", before, {"tags_all": TAGS, "name": "films-dev"}))
    assert why is not None
    assert "environment=dev" in why
    assert "terraform" not in why or tags in (None, {})


def test_an_object_without_tags_is_ours_if_all_that_an_import_reads_is_as_planned() -> None:
    before = {"name": "films-dev", "comment": "ours", "publish": None, "etag": "1"}
    after = {"name": "films-dev", "comment": "ours", "publish": True}
    assert why_not_ours(change("aws_cloudfront_function", before, after, etag=True)) is None
    assert (
        why_not_ours(change("aws_cloudfront_function", {**before, "comment": "theirs"}, after))
        == "its comment is not as planned"
    )


def test_an_action_of_others_with_our_name_is_not_ours_nor_is_a_connection_with_other_keys() -> None:
    theirs = change("auth0_action", {"name": "grant-scopes", "code": "theirs"}, {"name": "grant-scopes", "code": "our"})
    assert why_not_ours(theirs) == "its code is not as planned"
    options = [{"client_id": "theirs"}], [{"client_id": "our"}]
    connection = change("auth0_connection", {"options": options[0]}, {"options": options[1]})
    assert why_not_ours(connection) == "its options is not as planned"


def test_our_mark_makes_an_application_ours() -> None:
    marked = {"client_metadata": {"gatehouse_audience": "https://films"}}
    assert why_not_ours(change("auth0_client", {**marked, "callbacks": ["a"]}, {**marked, "callbacks": ["b"]})) is None
    unmarked = change("auth0_client", {"description": "theirs"}, {"description": "ours", "client_metadata": None})
    assert why_not_ours(unmarked) == "its description is not as planned"


def test_every_foreign_object_is_named_at_once() -> None:
    foreign = [change(kind, {"name": "theirs"}, {"name": "films-dev"}) for kind in ("auth0_action", "aws_x")]
    with pytest.raises(UserError, match=r"nothing was changed(.|\n)*auth0_action.one \(its id\)(.|\n)*aws_x.one"):
        require_ours({"resource_changes": foreign}, Account(boto3.Session()))


def test_only_a_deployment_may_be_replaced() -> None:
    replaced = {"address": "x.one", "change": {"actions": ["create", "delete"]}}
    require_no_deletion({"resource_changes": [{**replaced, "type": "aws_api_gateway_deployment"}]})
    with pytest.raises(OperationError, match=r"nothing was changed, because Terraform would delete x\.one"):
        require_no_deletion({"resource_changes": [{**replaced, "type": "aws_dynamodb_table"}]})


def test_each_type_that_terraform_declares_is_found_created_again_or_imported_by_the_root() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "terraform").rglob("*.tf")]
    declared = set(re.findall(r'^resource "(\w+)"', "\n".join(sources), re.MULTILINE))
    imported = set(re.findall(r"to += module\.tenant_look\[0\]\.(\w+)\.", "\n".join(sources)))
    found = account.FINDERS.keys() | tenant.FINDERS.keys()
    assert declared == found | recovery.MADE_ANEW | recovery.OVERWRITTEN | {recovery.ROW} | imported
    assert account.FINDERS.keys() | tenant.FINDERS.keys() > ownership.PARTS
