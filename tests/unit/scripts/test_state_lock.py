"""A stale lock of the state, on an emulated S3 and with a real Terraform."""

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import OperationError
from scripts.local_stack.definitions import CREDENTIALS
from scripts.state_lock import Lock, read_lock
from scripts.terraform_root import TerraformRoot
from tests.unit.local.aws.conftest import LocalAws

pytestmark = [
    pytest.mark.process,
    # python-terraform calls a deprecated method of logging.
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]

KEY = "gatehouse/dev.tfstate"
LEFT = {
    "ID": "0b4c3a54-7f3e-4a53-9d1e-6a2f7d4f9c11",
    "Operation": "OperationTypeApply",
    "Info": "",
    "Who": "ann@laptop",
    "Version": "1.11.4",
    "Created": "2026-11-29T16:00:00Z",
    "Path": "gatehouse/dev.tfstate",
}


@pytest.fixture
def bucket(aws: LocalAws) -> tuple[Any, str]:
    """An S3 client, and the name of the test's own bucket."""
    client, name = aws.client("s3"), f"states-{uuid.uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    return client, name


def test_a_state_without_a_lock_has_none(bucket: tuple[Any, str]) -> None:
    client, name = bucket
    assert read_lock(client, name, KEY) is None


def test_a_bucket_that_is_not_there_is_a_sentence(bucket: tuple[Any, str]) -> None:
    client, _ = bucket
    with pytest.raises(OperationError, match=r"tflock cannot be read: .*NoSuchBucket"):
        read_lock(client, "no-such-bucket", KEY)


def test_a_file_that_terraform_did_not_write_is_not_taken_for_a_lock(bucket: tuple[Any, str]) -> None:
    client, name = bucket
    for text in (b"", b"[]", b"{}"):
        client.put_object(Bucket=name, Key=f"{KEY}.tflock", Body=text)
        with pytest.raises(OperationError, match="is no lock of Terraform's"):
            read_lock(client, name, KEY)


def test_a_lock_that_was_left_behind_is_reported_and_released(
    bucket: tuple[Any, str], aws: LocalAws, tmp_path: Path
) -> None:
    client, name = bucket
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "main.tf").write_text(
        'terraform {\n  backend "s3" {\n    use_lockfile = true\n  }\n}\nresource "terraform_data" "thing" {}\n'
    )
    environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": aws.url}
    root = TerraformRoot(tmp_path / "root", tmp_path / "data", tmp_path / "terraform.log", environment)
    settings = {"bucket": name, "key": KEY, "region": CREDENTIALS["AWS_REGION"], "use_path_style": "true"}
    root.init(settings, lock_file="update")
    client.put_object(Bucket=name, Key=f"{KEY}.tflock", Body=json.dumps(LEFT).encode())

    assert root.addresses() == []  # no state was ever written
    with pytest.raises(OperationError, match=r"state lock.*`make unlock"):
        root.plan(tmp_path / "plan")
    lock = read_lock(client, name, KEY)
    assert lock is not None
    assert lock == Lock(LEFT["ID"], "ann@laptop", "2026-11-29T16:00:00Z", "apply")
    with pytest.raises(OperationError, match="force-unlock"):
        root.unlock("another lock")
    root.unlock(lock.identifier)

    assert read_lock(client, name, KEY) is None
    assert root.plan(tmp_path / "plan").has_changes
