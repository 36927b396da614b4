"""The drill restores an earlier state from a versioned bucket of an emulated S3, and leaves nothing behind."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from scripts.errors import OperationError, UserError
from scripts.operate.backup_drill.state import drill
from tests.unit.local.aws.conftest import LocalAws

KEY = "gatehouse/prod.tfstate"


@pytest.fixture
def bucket(aws: LocalAws) -> str:
    s3, name = aws.client("s3"), f"state-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key=f"{KEY}.tflock", Body=b"{}")
    return name


@pytest.fixture
def write(aws: LocalAws, bucket: str) -> Callable[..., None]:
    def put(serial: int, objects: int, lineage: str = "ours") -> None:
        resource = {"mode": "managed", "type": "aws_s3_bucket", "instances": [{}] * objects}
        state = {"version": 4, "lineage": lineage, "serial": serial, "resources": [resource]}
        aws.client("s3").put_object(Bucket=bucket, Key=KEY, Body=json.dumps(state).encode())

    return put


def versions(aws: LocalAws, bucket: str) -> list[Any]:
    listed = aws.client("s3").list_object_versions(Bucket=bucket)
    assert "DeleteMarkers" not in listed
    return [(one["Key"], one["VersionId"], one["IsLatest"]) for one in listed["Versions"]]


def test_the_earlier_version_comes_back_byte_by_byte_and_nothing_of_the_drill_stays(
    aws: LocalAws, bucket: str, write: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    write(serial=7, objects=2)
    write(serial=8, objects=3)
    before = versions(aws, bucket)
    drill(aws.client("s3"), bucket, KEY)
    said = capfd.readouterr().out
    assert "came back byte by byte: serial 7, 2 objects" in said
    assert "the present one has serial 8 and 3 objects" in said
    assert versions(aws, bucket) == before


def test_a_state_without_an_earlier_version_is_not_drilled(
    aws: LocalAws, bucket: str, write: Callable[..., None]
) -> None:
    write(serial=1, objects=1)
    with pytest.raises(UserError, match="has no earlier version"):
        drill(aws.client("s3"), bucket, KEY)


@pytest.mark.parametrize("earlier", [{"serial": 1, "lineage": "another"}, {"serial": 9}])
def test_an_earlier_version_that_is_no_earlier_state_of_the_project_fails(
    aws: LocalAws, bucket: str, write: Callable[..., None], earlier: dict[str, Any]
) -> None:
    write(objects=1, **earlier)
    write(serial=2, objects=1)
    before = versions(aws, bucket)
    with pytest.raises(OperationError, match="no earlier state of the same project"):
        drill(aws.client("s3"), bucket, KEY)
    assert versions(aws, bucket) == before
