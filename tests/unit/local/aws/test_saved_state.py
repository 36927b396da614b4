from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws


def wait_until_saved(aws: LocalAws, text: str) -> None:
    """Wait until a saved file contains `text`; a save follows about a second after the last change."""
    for _ in range(100):
        if any(text in file.read_text() for file in (aws.folder / "aws" / "state").glob("*.json")):
            return
        time.sleep(0.1)
    pytest.fail(f"{text} was never saved")


def make_one_of_each(aws: LocalAws) -> str:
    aws.client("dynamodb").create_table(
        TableName="kept-table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("s3").create_bucket(Bucket="kept-bucket")
    aws.client("s3").put_object(Bucket="kept-bucket", Key="index.html", Body=b"kept")
    gateway = aws.client("apigateway")
    api_id = str(gateway.create_rest_api(name="kept-api")["id"])
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    method = {"restApiId": api_id, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.put_integration_response(**method, statusCode="200", responseTemplates={"application/json": "kept"})
    gateway.create_deployment(restApiId=api_id, stageName="live")
    gateway.delete_method(**method)  # the stage keeps its snapshot
    aws.client("dynamodb").put_item(TableName="kept-table", Item={"id": {"S": "kept-item"}})
    return api_id


def assert_all_there(aws: LocalAws, api_id: str) -> None:
    row = aws.client("dynamodb").get_item(TableName="kept-table", Key={"id": {"S": "kept-item"}})
    assert row["Item"] == {"id": {"S": "kept-item"}}
    assert aws.client("s3").get_object(Bucket="kept-bucket", Key="index.html")["Body"].read() == b"kept"
    assert aws.call_api(api_id, "/").text == "kept"


def test_a_killed_local_aws_has_lost_nothing_when_it_starts_again(unstarted: LocalAws) -> None:
    unstarted.start()
    api_id = make_one_of_each(unstarted)
    wait_until_saved(unstarted, "kept-item")

    unstarted.kill()
    unstarted.start()

    assert_all_there(unstarted, api_id)


def test_a_stopped_local_aws_saves_at_once_and_ends_well(unstarted: LocalAws) -> None:
    unstarted.start()
    api_id = make_one_of_each(unstarted)

    assert unstarted.stop() == 0

    unstarted.start()
    assert_all_there(unstarted, api_id)


def test_reading_saves_nothing(unstarted: LocalAws) -> None:
    unstarted.start()
    dynamodb = unstarted.client("dynamodb")
    make_one_of_each(unstarted)
    wait_until_saved(unstarted, "kept-item")
    time.sleep(1)  # for the other services' files
    for file in (unstarted.folder / "aws" / "state").glob("*.json"):
        file.unlink()

    dynamodb.scan(TableName="kept-table")
    dynamodb.get_item(TableName="kept-table", Key={"id": {"S": "kept-item"}})
    unstarted.client("s3").get_object(Bucket="kept-bucket", Key="index.html")
    time.sleep(1.5)  # longer than a save would wait

    assert not list((unstarted.folder / "aws" / "state").glob("*.json"))
