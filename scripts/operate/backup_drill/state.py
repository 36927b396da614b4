"""Restores the previous version of Terraform's state under another key, compares it, and deletes the copy."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from scripts.console import clock, detail, step
from scripts.errors import OperationError, UserError


def drill(s3: Any, bucket: str, key: str) -> None:  # noqa: ANN401 -- boto3's client
    """Copy the previous version of a state to another key, and compare the copy with both versions.

    The state itself and its lock stay as they are.

    Raises:
        UserError: the bucket keeps no earlier version.
        OperationError: the copy differs from the previous version, or that is not an earlier state of the same project.
    """
    step(f"Bringing the earlier version of s3://{bucket}/{key} back")
    versions = _versions(s3, bucket, key)
    if len(versions) < 2:
        raise UserError(f"s3://{bucket}/{key} has no earlier version: the next apply makes one.")
    present, earlier = (_read(s3, bucket, key, version["VersionId"]) for version in versions[:2])
    copy = f"{key}.drill-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    source = {"Bucket": bucket, "Key": key, "VersionId": versions[1]["VersionId"]}
    made = s3.copy_object(Bucket=bucket, Key=copy, CopySource=source)
    try:
        brought_back = _read(s3, bucket, copy, made["VersionId"])
    finally:
        s3.delete_object(Bucket=bucket, Key=copy, VersionId=made["VersionId"])  # the version too, so that nothing stays
        detail(f"{copy} is deleted")
    if hashlib.sha256(brought_back).digest() != hashlib.sha256(earlier).digest():
        raise OperationError(f"the copy of the earlier version of s3://{bucket}/{key} is another.")
    before, now = _described(earlier, bucket, key), _described(present, bucket, key)
    if before["lineage"] != now["lineage"] or before["serial"] > now["serial"]:
        raise OperationError(
            f"the earlier version of s3://{bucket}/{key} is no earlier state of the same project: its lineage is "
            f"{before['lineage']}, serial {before['serial']}; the present has {now['lineage']}, {now['serial']}."
        )
    when = clock(versions[1]["LastModified"])
    detail(f"the version of {when} came back byte by byte: serial {before['serial']}, {_objects(before)} objects")
    detail(
        f"the present one has serial {now['serial']} and {_objects(now)} objects (docs/operations.md: how to go back)"
    )


def _versions(s3: Any, bucket: str, key: str) -> list[dict[str, Any]]:  # noqa: ANN401 -- boto3's client
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    found = [one for page in pages for one in page.get("Versions", []) if one["Key"] == key]
    return sorted(found, key=lambda one: (not one["IsLatest"], -one["LastModified"].timestamp()))


def _read(s3: Any, bucket: str, key: str, version: str) -> bytes:  # noqa: ANN401 -- boto3's client
    content: bytes = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
    return content


def _described(content: bytes, bucket: str, key: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
        return {"lineage": found["lineage"], "serial": int(found["serial"]), "resources": found["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        raise OperationError(f"a version of s3://{bucket}/{key} is no state of Terraform's.") from error


def _objects(state: dict[str, Any]) -> int:
    return sum(len(resource.get("instances", [])) for resource in state["resources"] if resource["mode"] == "managed")
