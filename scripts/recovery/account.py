"""Finds objects of an AWS account by the values that Terraform plans for them, and returns their import identifiers.

The identifiers are those of the section "Import" of each resource's page (hashicorp/aws 5.100,
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.errors import OperationError
from scripts.recovery.planned import Planned

_ABSENT_STATUS = 404
_ABSENT_CODES = frozenset({"NotFoundException", "ResourceNotFoundException", "ParameterNotFound"})  # with status 400


_EDGE_REGION = "us-east-1"
_EDGE_LOGS = ("/aws/cloudfront/", "aws-waf-logs-")


class Account:
    """The account that a session's credentials open.

    `endpoint`: the address of an emulated account, else None. `region` replaces the session's region.
    """

    def __init__(self, session: boto3.Session, endpoint: str | None = None, region: str | None = None) -> None:
        self._session = session
        self._endpoint = endpoint
        self._region = region
        self._clients: dict[str, Any] = {}

    def find(self, kind: str, planned: Planned) -> list[str]:
        """Return the import identifiers of the objects with the planned name: one, none or, rarely, more.

        Raises:
            UnknownValueError: the name depends on a value that Terraform does not know yet.
            OperationError: AWS does not answer.
        """
        return list(FINDERS[kind](self, planned))

    @property
    def region(self) -> str:
        """The region of the requests."""
        return self._region or str(self._session.region_name)

    def at_the_edge(self) -> "Account":
        """Return the same account in us-east-1, the region of everything that CloudFront uses."""
        return Account(self._session, self._endpoint, _EDGE_REGION)

    def ask(self, service: str, call: str, **arguments: Any) -> dict[str, Any] | None:  # noqa: ANN401 - boto3's
        """Return AWS's answer, or None if there is no such object."""
        try:
            answer: dict[str, Any] = getattr(self._client(service), call)(**arguments)
        except ClientError as error:
            status = error.response["ResponseMetadata"].get("HTTPStatusCode")
            if status == _ABSENT_STATUS or error.response["Error"]["Code"] in _ABSENT_CODES:
                return None
            raise OperationError(f"{service} does not answer {call}: {error}") from error
        except BotoCoreError as error:
            raise OperationError(f"{service} does not answer {call}: {error}") from error
        return answer

    def pages(self, service: str, call: str, *path: str, **arguments: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Yield the items of a list, from all pages; `path` leads to the list in each page."""
        try:
            for page in self._client(service).get_paginator(call).paginate(**arguments):
                items: Any = page
                for name in path:
                    items = items.get(name) or {}
                yield from items
        except (BotoCoreError, ClientError) as error:
            raise OperationError(f"{service} does not answer {call}: {error}") from error

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3's client
        if service not in self._clients:
            self._clients[service] = self._session.client(service, region_name=self.region, endpoint_url=self._endpoint)
        return self._clients[service]


def is_unfinished(account: Account, kind: str, identifier: str) -> bool:
    """Return whether an object without tags must be an unfinished one of ours: an empty bucket.

    S3 takes two requests to create a bucket and to tag it, and Terraform writes objects later. Every other type is
    created with its tags.
    """
    if kind != "aws_s3_bucket":
        return False
    answer = account.ask("s3", "list_objects_v2", Bucket=identifier, MaxKeys=1)
    return answer is not None and answer["KeyCount"] == 0


def same_row(account: Account, planned: Planned) -> bool | None:
    """Return whether a table holds a planned row exactly as planned; None if it holds no row with that key.

    `planned`: the values of an `aws_dynamodb_table_item`. Terraform cannot import a row.
    """
    item, key = json.loads(planned["item"]), planned["hash_key"]
    answer = account.ask(
        "dynamodb", "get_item", TableName=planned["table_name"], Key={key: item[key]}, ConsistentRead=True
    )
    found = (answer or {}).get("Item")
    return None if found is None else found == item


def remove_row(account: Account, planned: Planned) -> None:
    """Remove a planned row from its table, so that Terraform can write it again."""
    item, key = json.loads(planned["item"]), planned["hash_key"]
    account.ask("dynamodb", "delete_item", TableName=planned["table_name"], Key={key: item[key]})


type _Finder = Callable[[Account, Planned], Iterator[str]]


def _named(service: str, call: str, parameter: str, member: str = "name", **constant: str) -> _Finder:
    """Return a finder of an object whose name is its import identifier."""

    def find(account: Account, planned: Planned) -> Iterator[str]:
        name = planned[member]
        if account.ask(service, call, **{parameter: name}, **constant) is not None:
            yield name

    return find


def _part_of_bucket(call: str) -> _Finder:
    return _named("s3", call, "Bucket", "bucket")


def _role_policy(account: Account, planned: Planned) -> Iterator[str]:
    role, name = planned["role"], planned["name"]
    if account.ask("iam", "get_role_policy", RoleName=role, PolicyName=name):
        yield f"{role}:{name}"


def _alias(account: Account, planned: Planned) -> Iterator[str]:
    function, name = planned["function_name"], planned["name"]
    if account.ask("lambda", "get_alias", FunctionName=function, Name=name):
        yield f"{function}/{name}"


def _layer_version(account: Account, planned: Planned) -> Iterator[str]:
    versions = account.pages("lambda", "list_layer_versions", "LayerVersions", LayerName=planned["layer_name"])
    yield from [one["LayerVersionArn"] for one in versions][:1]  # the newest is first


def _permission(account: Account, planned: Planned) -> Iterator[str]:
    function, qualifier, sid = planned["function_name"], planned["qualifier"], planned["statement_id"]
    answer = account.ask("lambda", "get_policy", FunctionName=function, Qualifier=qualifier)
    statements = json.loads(answer["Policy"])["Statement"] if answer else []
    if any(statement["Sid"] == sid for statement in statements):
        yield f"{function}:{qualifier}/{sid}"


def _log_group(account: Account, planned: Planned) -> Iterator[str]:
    name = planned["name"]
    account = account.at_the_edge() if name.startswith(_EDGE_LOGS) else account
    groups = account.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    yield from (name for group in groups if group["logGroupName"] == name)


def _log_delivery(account: Account, planned: Planned) -> Iterator[str]:
    source = planned["delivery_source_name"]
    deliveries = account.at_the_edge().pages("logs", "describe_deliveries", "deliveries")
    yield from (one["id"] for one in deliveries if one["deliverySourceName"] == source)


def _certificate(account: Account, planned: Planned) -> Iterator[str]:
    edge, domain = account.at_the_edge(), planned["domain_name"]
    for one in edge.pages("acm", "list_certificates", "CertificateSummaryList"):
        if one["DomainName"] == domain:
            answer = edge.ask("acm", "list_tags_for_certificate", CertificateArn=one["CertificateArn"]) or {}
            if _has_tags(planned, {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}):
                yield one["CertificateArn"]


def _web_acl(account: Account, planned: Planned) -> Iterator[str]:
    answer = account.at_the_edge().ask("wafv2", "list_web_acls", Scope="CLOUDFRONT", Limit=100) or {}
    for one in answer.get("WebACLs", []):
        if one["Name"] == planned["name"]:
            yield f"{one['Id']}/{one['Name']}/CLOUDFRONT"


def _query_definition(account: Account, planned: Planned) -> Iterator[str]:
    answer = account.ask("logs", "describe_query_definitions", queryDefinitionNamePrefix=planned["name"]) or {}
    caller = account.ask("sts", "get_caller_identity") or {}
    for found in answer.get("queryDefinitions", []):
        if found["name"] == planned["name"]:
            _, partition, *_ = caller["Arn"].split(":")
            logs = f"arn:{partition}:logs:{account.region}:{caller['Account']}"
            yield f"{logs}:query-definition:{found['queryDefinitionId']}"


def _budget(account: Account, planned: Planned) -> Iterator[str]:
    owner, name = (account.ask("sts", "get_caller_identity") or {})["Account"], planned["name"]
    if account.ask("budgets", "describe_budget", AccountId=owner, BudgetName=name):
        yield f"{owner}:{name}"


def _bucket_versioning(account: Account, planned: Planned) -> Iterator[str]:
    bucket = planned["bucket"]
    if (account.ask("s3", "get_bucket_versioning", Bucket=bucket) or {}).get("Status"):
        yield bucket


def _object(account: Account, planned: Planned) -> Iterator[str]:
    bucket, key = planned["bucket"], planned["key"]
    if account.ask("s3", "head_object", Bucket=bucket, Key=key):
        yield f"{bucket}/{key}"


def _rest_api(account: Account, planned: Planned) -> Iterator[str]:
    apis = account.pages("apigateway", "get_rest_apis", "items")
    ours = [api for api in apis if api["name"] == planned["name"] and _has_tags(planned, api.get("tags", {}))]
    yield from (api["id"] for api in _newest_first(ours))


def _deployment(account: Account, planned: Planned) -> Iterator[str]:
    """Yield the deployment that a stage of the API serves, or else the newest: our APIs have one stage."""
    api = planned["rest_api_id"]
    stages = (account.ask("apigateway", "get_stages", restApiId=api) or {}).get("item", [])
    shown = [stage["deploymentId"] for stage in stages]
    made = _newest_first(account.pages("apigateway", "get_deployments", "items", restApiId=api))
    yield from (f"{api}/{identifier}" for identifier in (shown or [one["id"] for one in made])[:1])


def _stage(account: Account, planned: Planned) -> Iterator[str]:
    api, name = planned["rest_api_id"], planned["stage_name"]
    if account.ask("apigateway", "get_stage", restApiId=api, stageName=name):
        yield f"{api}/{name}"


def _method_settings(account: Account, planned: Planned) -> Iterator[str]:
    api, stage, path = planned["rest_api_id"], planned["stage_name"], planned["method_path"]
    found = account.ask("apigateway", "get_stage", restApiId=api, stageName=stage) or {}
    if path in found.get("methodSettings", {}):
        yield f"{api}/{stage}/{path}"


def _usage_plan(account: Account, planned: Planned) -> Iterator[str]:
    plans = account.pages("apigateway", "get_usage_plans", "items")
    yield from (
        plan["id"] for plan in plans if plan["name"] == planned["name"] and _has_tags(planned, plan.get("tags", {}))
    )


def _distribution(account: Account, planned: Planned) -> Iterator[str]:
    for one in account.pages("cloudfront", "list_distributions", "DistributionList", "Items"):
        if one["Comment"] == planned["comment"]:
            answer = account.ask("cloudfront", "list_tags_for_resource", Resource=one["ARN"])
            tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]["Items"]} if answer else {}
            if _has_tags(planned, tags):
                yield one["Id"]


def _origin_access_control(account: Account, planned: Planned) -> Iterator[str]:
    controls = account.pages("cloudfront", "list_origin_access_controls", "OriginAccessControlList", "Items")
    yield from (one["Id"] for one in controls if one["Name"] == planned["name"])


def _response_headers_policy(account: Account, planned: Planned) -> Iterator[str]:
    # This list has pages, but boto3 has no paginator for it.
    marker: dict[str, str] = {}
    while True:
        answer = account.ask("cloudfront", "list_response_headers_policies", Type="custom", **marker) or {}
        found = answer.get("ResponseHeadersPolicyList", {})
        policies = [one["ResponseHeadersPolicy"] for one in found.get("Items", [])]
        yield from (one["Id"] for one in policies if one["ResponseHeadersPolicyConfig"]["Name"] == planned["name"])
        if not found.get("NextMarker"):
            return
        marker = {"Marker": found["NextMarker"]}


def _record(account: Account, planned: Planned) -> Iterator[str]:
    zone, name, kind = planned["zone_id"], planned["name"], planned["type"]
    answer = account.ask(
        "route53",
        "list_resource_record_sets",
        HostedZoneId=zone,
        StartRecordName=name,
        StartRecordType=kind,
        MaxItems="1",
    )
    for record in (answer or {}).get("ResourceRecordSets", []):
        if (record["Name"].rstrip("."), record["Type"]) == (name.rstrip("."), kind):
            yield f"{zone}_{name}_{kind}"


def _has_tags(planned: Planned, tags: Mapping[str, str]) -> bool:
    """Return whether an object has the planned tags, because the names of some types are not unique."""
    return (planned.get("tags_all") or {}).items() <= tags.items()


def _newest_first(items: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - boto3's items
    return sorted(items, key=lambda item: item["createdDate"], reverse=True)


FINDERS: dict[str, _Finder] = {
    "aws_acm_certificate": _certificate,
    "aws_api_gateway_deployment": _deployment,
    "aws_api_gateway_method_settings": _method_settings,
    "aws_api_gateway_rest_api": _rest_api,
    "aws_api_gateway_stage": _stage,
    "aws_api_gateway_usage_plan": _usage_plan,
    "aws_budgets_budget": _budget,
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudfront_function": _named("cloudfront", "describe_function", "Name", Stage="DEVELOPMENT"),
    "aws_cloudfront_key_value_store": _named("cloudfront", "describe_key_value_store", "Name"),
    "aws_cloudfront_origin_access_control": _origin_access_control,
    "aws_cloudfront_response_headers_policy": _response_headers_policy,
    "aws_cloudwatch_log_delivery": _log_delivery,
    "aws_cloudwatch_log_group": _log_group,
    "aws_cloudwatch_query_definition": _query_definition,
    "aws_dynamodb_table": _named("dynamodb", "describe_table", "TableName"),
    "aws_iam_role": _named("iam", "get_role", "RoleName"),
    "aws_iam_role_policy": _role_policy,
    "aws_lambda_alias": _alias,
    "aws_lambda_function": _named("lambda", "get_function_configuration", "FunctionName", "function_name"),
    "aws_lambda_layer_version": _layer_version,
    "aws_lambda_permission": _permission,
    "aws_route53_record": _record,
    "aws_s3_bucket": _part_of_bucket("head_bucket"),
    "aws_s3_bucket_lifecycle_configuration": _part_of_bucket("get_bucket_lifecycle_configuration"),
    "aws_s3_bucket_ownership_controls": _part_of_bucket("get_bucket_ownership_controls"),
    "aws_s3_bucket_policy": _part_of_bucket("get_bucket_policy"),
    "aws_s3_bucket_public_access_block": _part_of_bucket("get_public_access_block"),
    "aws_s3_bucket_server_side_encryption_configuration": _part_of_bucket("get_bucket_encryption"),
    "aws_s3_bucket_versioning": _bucket_versioning,
    "aws_s3_object": _object,
    "aws_ssm_parameter": _named("ssm", "get_parameter", "Name"),
    "aws_wafv2_web_acl": _web_acl,
}
"""The finder of each type of the provider hashicorp/aws that terraform/ declares."""
