from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.unit.local.aws.conftest import invocation_uri

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, Document, LocalAws, MakeDocument

# Allows at its first invocation and denies at later ones, so a cached answer differs from a new one.
ONCE = """
asked = 0

def handler(event, context):
    global asked
    asked += 1
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow" if asked == 1 else "Deny", "Resource": "*"}
    return {"principalId": "someone", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
TOKEN = {"authorization": "Bearer good"}


@pytest.fixture
def once_document(aws: LocalAws, document: MakeDocument) -> Document:
    made = document()
    authorizer = made["components"]["securitySchemes"]["auth0"]["x-amazon-apigateway-authorizer"]
    authorizer["authorizerUri"] = invocation_uri(aws.create_function(f"once-{uuid.uuid4().hex}", ONCE))
    return made


def test_a_decision_is_kept_until_the_stages_cache_is_flushed(
    aws: LocalAws, deploy: Deploy, once_document: Document
) -> None:
    api_id = deploy(once_document)
    assert [aws.call_api(api_id, "/movies", headers=TOKEN).status_code for _ in range(2)] == [200, 200]

    answer = aws.client("apigateway").flush_stage_authorizers_cache(restApiId=api_id, stageName="live")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert aws.call_api(api_id, "/movies", headers=TOKEN).status_code == 403


def test_the_decisions_of_another_api_are_kept(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, once_document: Document
) -> None:
    kept, flushed = deploy(once_document), deploy(document())
    assert aws.call_api(kept, "/movies", headers=TOKEN).status_code == 200

    aws.client("apigateway").flush_stage_authorizers_cache(restApiId=flushed, stageName="live")

    assert aws.call_api(kept, "/movies", headers=TOKEN).status_code == 200


def test_a_missing_stage_is_reported(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    gateway = aws.client("apigateway")
    api_id = deploy(document())

    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.flush_stage_authorizers_cache(restApiId=api_id, stageName="other")
    assert gateway.get_stage(restApiId=api_id, stageName="live")["stageName"] == "live"
