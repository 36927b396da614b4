from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws


def test_a_saved_query_is_found_by_its_name_changed_by_its_id_and_deleted(aws: LocalAws) -> None:
    logs, name = aws.client("logs"), f"saved-{uuid.uuid4().hex}"
    query = {"name": f"{name}/errors", "queryString": "fields @message", "logGroupNames": ["/aws/lambda/one"]}
    made = logs.put_query_definition(**query)["queryDefinitionId"]
    [found] = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert {key: found[key] for key in query} == query

    logs.put_query_definition(**query | {"queryString": "limit 1"}, queryDefinitionId=made)
    [changed] = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert (changed["queryDefinitionId"], changed["queryString"]) == (made, "limit 1")

    assert logs.delete_query_definition(queryDefinitionId=made)["success"]
    assert logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"] == []
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_query_definition(queryDefinitionId=made)
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.put_query_definition(**query, queryDefinitionId=made)
