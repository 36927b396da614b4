"""Lists the objects that a root could leave in the emulated account."""

from collections.abc import Iterator
from typing import Any

import boto3

# Service, operation, the list in its response, and the member that identifies an item.
_KINDS = (
    ("apigateway", "get_rest_apis", "items", "name"),
    ("cloudfront", "list_distributions", "DistributionList", "Comment"),
    ("dynamodb", "list_tables", "TableNames", None),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("ssm", "describe_parameters", "Parameters", "Name"),
)


def inventory(session: boto3.Session, endpoint: str) -> set[str]:
    """Return all objects that a root could leave, as `<service> <name>`."""
    return {f"{service} {name}" for service, *call in _KINDS for name in _names(session, endpoint, service, *call)}


def _names(
    session: boto3.Session, endpoint: str, service: str, call: str, member: str, field: str | None
) -> Iterator[str]:
    client: Any = session.client(service, endpoint_url=endpoint)
    items = getattr(client, call)()[member]
    # CloudFront's list is one level deeper, and absent when it is empty.
    for item in items.get("Items", []) if isinstance(items, dict) else items:
        yield str(item[field] if field else item)
