"""Decides from a plan whether an object that Terraform would import is ours.

An object with tags is ours if it has the planned tags. A part of another object, such as a role's policy, is ours if
that object is; the same plan decides it. Any other object is ours only if everything that Terraform reads of it is as
planned: an interrupted apply created it from the same files.
"""

from collections.abc import Iterator, Mapping
from typing import Any

PARTS = frozenset(
    {
        "auth0_client_grant",
        "auth0_connection_client",
        "auth0_resource_server_scopes",
        "auth0_trigger_action",
        "aws_api_gateway_deployment",
        "aws_api_gateway_method_settings",
        "aws_api_gateway_stage",
        "aws_iam_role_policy",
        "aws_lambda_alias",
        "aws_lambda_permission",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_object",
    }
)
"""The types whose objects belong to another object; the first members name it."""

_MARK = "client_metadata"
"""The member that marks an application as ours; the search in the tenant has already compared it."""

_NOTHING: tuple[object, ...] = (None, "", [], {})


def why_not_ours(change: Mapping[str, Any]) -> str | None:
    """Return why the object of an importing resource change is not ours; None if it is.

    `change` is an item of `resource_changes` (https://developer.hashicorp.com/terraform/internals/json-format).
    """
    before, after = change["change"]["before"], change["change"]["after"]
    if change["type"] in PARTS or after.get(_MARK):
        return None
    if tags := after.get("tags_all"):
        has = before.get("tags_all") or {}
        lacking = [f"{name}={value}" for name, value in tags.items() if has.get(name) != value]
        return f"it lacks the tags {', '.join(lacking)}" if lacking else None
    different = sorted(_differences(before, after, change["change"]["after_unknown"]))
    return f"its {', '.join(different)} is not as planned" if different else None


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], unknown: Mapping[str, Any]) -> Iterator[str]:
    """Yield the members that Terraform has read and would change; after an import, some members stay empty."""
    for name, value in before.items():
        if value not in _NOTHING and name in after and unknown.get(name) is not True and after[name] != value:
            yield name
