"""The bucket of Terraform's state: versioned, encrypted, private, TLS only.

https://developer.hashicorp.com/terraform/language/backend/s3 recommends versioning. The bucket also holds the lock:
terraform/cloud/terraform.tf sets `use_lockfile`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from scripts.deploy.bootstrap.piece import MISSING, PRESENT, TAGS, Piece, State, ask

_PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}


class StateBucket(Piece):
    """The bucket that the backend's file names. One without bootstrap's tags belongs to others: never change it."""

    def __init__(self, session: boto3.Session, backend: Mapping[str, str]) -> None:
        self._name, self._region = backend["bucket"], backend["region"]
        self._s3: Any = session.client("s3", region_name=self._region)
        self.title = f"the bucket {self._name} of Terraform's state, in {self._region}"

    def look(self) -> State:
        """Return the bucket's state; a bucket of ours that lacks a property was cut short, and counts as missing."""
        if ask(self._s3.head_bucket, Bucket=self._name) is None:
            return MISSING
        location = ask(self._s3.get_bucket_location, Bucket=self._name) or {}
        found = location.get("LocationConstraint") or "us-east-1"
        if found != self._region:
            return State(difference=f"it is in {found}; correct `region` in the backend's file")
        lacking = [word for word, is_so in self._properties() if not is_so]
        if not lacking:
            return PRESENT
        return MISSING if self._is_ours() else State(difference=f"it is not {', not '.join(lacking)}")

    def make(self) -> None:
        """Create the bucket, or add the properties that it lacks."""
        if ask(self._s3.head_bucket, Bucket=self._name) is None:
            where = {"LocationConstraint": self._region}
            placed = {} if self._region == "us-east-1" else {"CreateBucketConfiguration": where}
            ask(self._s3.create_bucket, Bucket=self._name, **placed)
            ask(self._s3.put_bucket_tagging, Bucket=self._name, Tagging={"TagSet": TAGS})
        name = self._name
        ask(self._s3.put_public_access_block, Bucket=name, PublicAccessBlockConfiguration=_PRIVATE)
        ask(self._s3.put_bucket_policy, Bucket=name, Policy=json.dumps(self._tls_only()))
        ask(self._s3.put_bucket_encryption, Bucket=name, ServerSideEncryptionConfiguration=_ENCRYPTED)
        ask(self._s3.put_bucket_versioning, Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def _properties(self) -> Iterator[tuple[str, bool]]:
        bucket = self._name
        versioning = ask(self._s3.get_bucket_versioning, Bucket=bucket) or {}
        yield "versioned", versioning.get("Status") == "Enabled"
        encryption = ask(self._s3.get_bucket_encryption, Bucket=bucket) or {}
        yield "encrypted", bool(encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules"))
        block = ask(self._s3.get_public_access_block, Bucket=bucket) or {}
        switches = block.get("PublicAccessBlockConfiguration", {})
        yield "private", bool(switches) and all(switches.get(name) for name in _PRIVATE)
        policy = ask(self._s3.get_bucket_policy, Bucket=bucket) or {}
        yield "for TLS only", self._refuses_plain_http(policy.get("Policy"))

    def _refuses_plain_http(self, policy: str | None) -> bool:
        statements = json.loads(policy)["Statement"] if policy else []
        wanted = self._tls_only()["Statement"][0]
        keys = ("Effect", "Principal", "Action", "Resource", "Condition")
        return any(all(each.get(key) == wanted[key] for key in keys) for each in statements)

    def _tls_only(self) -> dict[str, Any]:
        arn = f"arn:aws:s3:::{self._name}"
        statement = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def _is_ours(self) -> bool:
        tags = ask(self._s3.get_bucket_tagging, Bucket=self._name) or {}
        if tags.get("TagSet"):
            return all(tag in tags["TagSet"] for tag in TAGS)
        # An earlier run stopped before it set the tags; nobody has used the bucket.
        return not (ask(self._s3.list_objects_v2, Bucket=self._name, MaxKeys=1) or {}).get("Contents")
