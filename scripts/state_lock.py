"""The lock of Terraform's state, which an interrupted apply leaves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.errors import OperationError


@dataclass(frozen=True)
class Lock:
    """A lock of the state: its identifier, and, in Terraform's words, its owner, its time, and the operation."""

    identifier: str
    who: str
    created: str
    operation: str


def lock_of(backend: Mapping[str, str]) -> Lock | None:
    """Return the lock of the state in an environment's backend; see `read_lock`."""
    return read_lock(boto3.client("s3", region_name=backend["region"]), backend["bucket"], backend["key"])


def read_lock(s3: Any, bucket: str, key: str) -> Lock | None:  # noqa: ANN401 - boto3's client of S3
    """Return the lock of the state at `key` in a bucket; None if it is not locked.

    The backend keeps it as JSON in an object next to the state
    (https://developer.hashicorp.com/terraform/language/backend/s3#state-locking).

    Raises:
        OperationError: the bucket cannot be read, or the object is not a Terraform lock.
    """
    try:
        text = s3.get_object(Bucket=bucket, Key=f"{key}.tflock")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"s3://{bucket}/{key}.tflock cannot be read: {error}") from error
    try:
        found = json.loads(text)
        return Lock(
            found["ID"], found["Who"], found["Created"], found["Operation"].removeprefix("OperationType").lower()
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperationError(
            f"s3://{bucket}/{key}.tflock is no lock of Terraform's; look at it before you delete it."
        ) from error
