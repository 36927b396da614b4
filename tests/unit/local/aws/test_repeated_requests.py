"""If an AWS SDK repeats a request because it lost the answer, it gets that answer; all other requests are executed."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.tls import CERTIFICATE_AUTHORITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.local.aws.conftest import LocalAws

    type Put = Callable[[str, str | None], httpx.Response]
    """Puts an item that must not exist yet, by its key, as an attempt of a named request."""


@pytest.fixture
def put(aws: LocalAws) -> Put:
    table = f"items-{uuid.uuid4().hex}"
    aws.client("dynamodb").create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def put_item(key: str, invocation: str | None) -> httpx.Response:
        item = {"id": {"S": key}, "text": {"S": "x" * 100_000}}
        body = {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
        headers = {
            "x-amz-target": "DynamoDB_20120810.PutItem",
            "authorization": "AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=none",
            **({"amz-sdk-invocation-id": invocation} if invocation else {}),
        }
        return httpx.post(
            aws.url, content=json.dumps(body), headers=headers, timeout=30, verify=CERTIFICATE_AUTHORITIES
        )

    return put_item


def code(answer: httpx.Response) -> Any:
    return answer.json().get("__type", "").rpartition("#")[2] or answer.status_code


def test_a_second_attempt_gets_the_answer_to_the_first(put: Put) -> None:
    first = put("a", "request-1-" + uuid.uuid4().hex)
    assert code(first) == 200

    name = uuid.uuid4().hex
    answers = [put("b", name) for _ in range(3)]
    assert [code(answer) for answer in answers] == [200, 200, 200]
    assert len({answer.headers["x-amzn-requestid"] for answer in answers}) == 1


def test_another_request_and_one_without_a_name_are_carried_out(put: Put) -> None:
    assert code(put("a", "one-" + uuid.uuid4().hex)) == 200
    assert code(put("a", "another-" + uuid.uuid4().hex)) == "ConditionalCheckFailedException"
    assert code(put("a", None)) == "ConditionalCheckFailedException"


def test_a_request_that_failed_is_carried_out_again(put: Put) -> None:
    name = uuid.uuid4().hex
    put("a", None)
    assert [code(put("a", name)) for _ in range(2)] == ["ConditionalCheckFailedException"] * 2
    assert code(put("b", name)) == 200


def test_attempts_at_once_are_carried_out_once(put: Put) -> None:
    names = [uuid.uuid4().hex for _ in range(10)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda name: code(put(name, name)), names * 4))
    assert answers == [200] * 40
