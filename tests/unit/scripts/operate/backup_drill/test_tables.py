"""The drill restores a table next to itself, compares each row, and deletes the copy."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from scripts.errors import OperationError
from scripts.operate.backup_drill.tables import Comparison, _delete, compare, drill, keeps_backups
from tests.unit.local.aws.conftest import LocalAws


@pytest.fixture
def table(aws: LocalAws) -> Iterator[str]:
    name = f"films-{uuid.uuid4().hex[:8]}"
    tables = aws.client("dynamodb")
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(3):
        tables.put_item(TableName=name, Item={"id": {"S": str(number)}, "year": {"N": "1927"}})
    yield name
    tables.delete_table(TableName=name)


def test_a_restored_table_has_the_same_rows_and_is_deleted_again(aws: LocalAws, table: str) -> None:
    tables = aws.client("dynamodb")
    before = tables.list_tables()["TableNames"]
    assert drill(tables, table) == Comparison(same=3, different=0, missing=0, surplus=0)
    assert tables.list_tables()["TableNames"] == before


def test_the_copy_goes_also_when_the_comparison_fails(
    aws: LocalAws, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("scripts.operate.backup_drill.tables.compare", fails)
    tables = aws.client("dynamodb")
    before = tables.list_tables()["TableNames"]
    with pytest.raises(RuntimeError):
        drill(tables, table)
    assert tables.list_tables()["TableNames"] == before


def test_a_copy_that_aws_still_restores_is_named_with_the_command_that_deletes_it() -> None:
    """AWS refuses to delete a table that it is creating; the emulator never does."""
    tables = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    with Stubber(tables) as aws:
        aws.add_client_error("delete_table", "ResourceInUseException")
        with pytest.raises(OperationError, match="delete-table --table-name films-drill-1` when"):
            _delete(tables, "films-drill-1")


def test_a_table_keeps_backups_only_where_that_is_switched_on(aws: LocalAws, table: str) -> None:
    tables = aws.client("dynamodb")
    assert not keeps_backups(tables, table)
    recovery = {"PointInTimeRecoveryEnabled": True}
    tables.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    assert keeps_backups(tables, table)


def test_each_kind_of_difference_is_counted() -> None:
    found = compare({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})
    assert found == Comparison(same=1, different=1, missing=1, surplus=1)
    assert not found.is_equal
