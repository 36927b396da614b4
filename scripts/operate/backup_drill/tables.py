"""Restores each table to its latest point in time next to itself, compares every row, and deletes the copy.

On AWS a restore takes about ten minutes and costs by the gigabyte. A row that was written after the point in time
differs; the drill says how many do. The emulated DynamoDB copies a table as it is now, so there the drill tests its own
steps, not the travel in time.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError

_POLL_SECONDS = 5
_LONGEST_SECONDS = 3_600


@dataclass(frozen=True)
class Comparison:
    """How a restored table compares with the present one, in rows."""

    same: int
    different: int  # the key is in both tables, the rows differ
    missing: int  # only in the present table
    surplus: int  # only in the restored table

    @property
    def is_equal(self) -> bool:
        """Whether both tables have the same rows."""
        return not (self.different or self.missing or self.surplus)


def drill_all(target: Deployed) -> None:
    """Drill every table that keeps backups.

    Raises:
        UserError: no table keeps backups.
        OperationError: a table cannot be restored, or its copy differs.
    """
    tables = target.client("dynamodb")
    protected = [name for api in sorted(target.api_ids()) if keeps_backups(tables, name := f"{target.name}-{api}")]
    if not protected:
        raise UserError(
            f"no table of {target.name} keeps backups: `production = true` in an environment's tfvars turns them on."
        )
    if unequal := [name for name in protected if not drill(tables, name).is_equal]:
        raise OperationError(
            f"the copies of {', '.join(unequal)} differ from their originals; rows that were written meanwhile "
            "explain a difference, nothing else does: run it again in a quiet hour."
        )
    detail("every restored table is the same as its original")


def keeps_backups(tables: Any, name: str) -> bool:  # noqa: ANN401 -- boto3's client
    """Return whether a table can be restored to a point in time."""
    described = tables.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return bool(described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED")


def drill(tables: Any, name: str) -> Comparison:  # noqa: ANN401 -- boto3's client
    """Restore a table, compare the copy with it, and delete the copy.

    Raises:
        OperationError: the copy is not ready after an hour, or cannot be deleted yet.
    """
    copy = f"{name}-drill-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    step(f"Restoring {name} to its latest point in time, as {copy}")
    tables.restore_table_to_point_in_time(SourceTableName=name, TargetTableName=copy, UseLatestRestorableTime=True)
    try:
        _wait(tables, copy)
        key = tables.describe_table(TableName=name)["Table"]["KeySchema"][0]["AttributeName"]
        found = compare(dict(_rows(tables, name, key)), dict(_rows(tables, copy, key)))
    finally:
        _delete(tables, copy)
    detail(
        f"{found.same} rows are the same, {found.different} different, {found.missing} missing, {found.surplus} surplus"
    )
    return found


def _delete(tables: Any, copy: str) -> None:  # noqa: ANN401 -- boto3's client
    """Delete a copy. AWS refuses that while it still restores the table, for example after Ctrl-C."""
    try:
        tables.delete_table(TableName=copy)
    except tables.exceptions.ResourceInUseException as error:
        raise OperationError(
            f"AWS still restores the copy {copy}, which costs money until it is deleted: run "
            f"`aws dynamodb delete-table --table-name {copy}` when it is active."
        ) from error
    detail(f"{copy} is deleted")


def compare(present: dict[str, str], restored: dict[str, str]) -> Comparison:
    """Compare two tables, each given as the hashes of its rows by the row's key."""
    both = present.keys() & restored.keys()
    same = sum(present[key] == restored[key] for key in both)
    return Comparison(same, len(both) - same, len(present.keys() - both), len(restored.keys() - both))


def _rows(tables: Any, name: str, key: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 -- boto3's client
    for page in tables.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
        for row in page["Items"]:
            text = json.dumps(row, sort_keys=True, default=repr)
            yield json.dumps(row[key], sort_keys=True), hashlib.sha256(text.encode()).hexdigest()


def _wait(tables: Any, name: str) -> None:  # noqa: ANN401 -- boto3's client
    end = time.monotonic() + _LONGEST_SECONDS
    while tables.describe_table(TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        if time.monotonic() > end:
            raise OperationError(f"{name} is not restored after an hour; check it in the console, and delete it there.")
        detail("AWS is restoring")
        time.sleep(_POLL_SECONDS)
