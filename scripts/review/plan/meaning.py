"""The meaning of this project's resource types: the loss if one is destroyed, and whether it guards something."""

from collections.abc import Callable, Mapping
from typing import Any

from scripts.review.plan.changes import Change

type Resource = Mapping[str, Any]
"""The attributes of a resource."""

_LOST: dict[str, Callable[[Resource], str]] = {
    "auth0_action": lambda it: f"the Action {it.get('name')}, and its history in the tenant",
    "auth0_client": lambda it: f"the client ID of {it.get('name')}: its users sign in again, its secrets are void",
    "auth0_connection": lambda it: f"the connection {it.get('name')} and every user who signed in with it",
    "auth0_resource_server": lambda it: f"the API {it.get('identifier')} and every grant for it",
    "aws_api_gateway_rest_api": lambda it: f"the identifier and the address of the API {it.get('name')}",
    "aws_cloudfront_distribution": lambda it: f"the address {it.get('domain_name')}",
    "aws_cloudfront_key_value_store": lambda _: "the keys that the edge sends to the APIs",
    "aws_cloudwatch_log_group": lambda it: f"all log lines of {it.get('name')}",
    "aws_dynamodb_table": lambda it: f"all rows of the table {it.get('name')}",
    "aws_dynamodb_table_item": lambda it: f"a row of the table {it.get('table_name')}",
    "aws_iam_role": lambda it: f"the role {it.get('name')}: whatever names its identifier loses it",
    "aws_lambda_function": lambda it: f"all versions of {it.get('function_name')}; of the authorizer, the revocations",
    "aws_s3_bucket": lambda it: f"the bucket {it.get('bucket')} and all its files",
    "aws_sns_topic": lambda it: f"the topic {it.get('name')} and its subscriptions, which people have to confirm again",
    "aws_sns_topic_subscription": lambda _: "a subscription: alarms no longer reach its recipient",
    "aws_ssm_parameter": lambda it: f"the parameter {it.get('name')} (a secret, or the releases) and its history",
}

HOLDS_DATA = frozenset(
    {
        *("auth0_client", "auth0_connection", "auth0_resource_server"),
        *("aws_api_gateway_rest_api", "aws_cloudfront_distribution", "aws_cloudwatch_log_group", "aws_dynamodb_table"),
        *("aws_s3_bucket", "aws_ssm_parameter"),
    }
)
"""Types whose loss no apply can repair: data, users, secrets, logs, or an address that others know."""

_GUARDS = frozenset(
    {
        *("auth0_action", "auth0_client", "auth0_client_grant", "auth0_connection", "auth0_connection_client"),
        *("auth0_resource_server", "auth0_resource_server_scopes", "auth0_trigger_action"),
        *("aws_api_gateway_method_settings", "aws_api_gateway_rest_api", "aws_api_gateway_usage_plan"),
        *("aws_cloudfront_distribution", "aws_cloudfront_function", "aws_cloudfront_key_value_store"),
        *("aws_cloudfront_origin_access_control", "aws_cloudfront_response_headers_policy"),
        *("aws_budgets_budget", "aws_cloudwatch_log_group", "aws_cloudwatch_log_metric_filter"),
        *("aws_acm_certificate", "aws_cloudwatch_metric_alarm", "aws_route53_record"),
        *("aws_cloudwatch_log_delivery", "aws_wafv2_web_acl", "aws_wafv2_web_acl_logging_configuration"),
        *("aws_sns_topic", "aws_sns_topic_policy", "aws_sns_topic_subscription"),
        *("aws_iam_role", "aws_iam_role_policy", "aws_lambda_permission"),
        *("aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy", "aws_s3_bucket_public_access_block"),
        *("aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning", "aws_ssm_parameter"),
    }
)
_GUARDING_ATTRIBUTES = {
    "aws_api_gateway_stage": ("access_log_settings", "client_certificate_id", "web_acl_arn", "xray_tracing_enabled"),
    "aws_dynamodb_table": ("deletion_protection_enabled", "point_in_time_recovery", "server_side_encryption"),
    "aws_lambda_function": (
        "environment",
        "handler",
        "kms_key_arn",
        "reserved_concurrent_executions",
        "role",
        "timeout",
    ),
    "aws_s3_bucket": ("acl", "force_destroy", "policy"),
}
"""Security attributes of types that otherwise have nothing to do with security."""

_PASSING = frozenset({"aws_api_gateway_deployment", "aws_lambda_alias", "terraform_data"})
_PASSING_ATTRIBUTES = {
    "aws_lambda_function": (
        *("code_sha256", "filename", "last_modified", "qualified_arn", "qualified_invoke_arn", "source_code_hash"),
        *("source_code_size", "version"),
    ),
    "aws_api_gateway_stage": ("deployment_id",),
}


_IDENTIFIERS = frozenset(
    {
        *("arn", "id", "etag", "version", "version_id", "last_modified", "live_stage_etag", "qualified_arn"),
        *("qualified_invoke_arn", "code_sha256", "source_code_size", "create_date", "created_date", "unique_id"),
    }
)


def is_identifier(path: str) -> bool:
    """Whether a provider counts or generates an attribute, so that its change follows from another one."""
    return path in _IDENTIFIERS


def lost(change: Change) -> str:
    """Return what is lost if the existing resource is destroyed."""
    say = _LOST.get(change.type)
    return say(change.before) if say else "nothing that an apply could not make again"


def guards(change: Change, path: str) -> bool:
    """Whether an attribute touches security: permissions, retention or monitoring."""
    if path.split(".")[0].split("[")[0] in {"tags", "tags_all"}:
        return False
    return change.type in _GUARDS or path.startswith(_GUARDING_ATTRIBUTES.get(change.type, ()) or "\0")


def is_noise(change: Change) -> bool:
    """Whether a change only follows from another one, such as a new version or a new file of the site."""
    if change.type == "aws_s3_object":
        return "config.json" not in {change.after.get("key"), change.before.get("key")}
    if change.action == "replace" or change.type in _PASSING:
        return change.type in _PASSING
    return change.action == "update" and all(passes(change, each.path) for each in change.attributes)


def passes(change: Change, path: str) -> bool:
    """Whether an attribute changes only because there is a new version or other code."""
    return path.startswith(_PASSING_ATTRIBUTES.get(change.type, ()) or "\0")
