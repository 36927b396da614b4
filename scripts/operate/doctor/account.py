"""Checks of the values that the plan would use, among them the HS256 secret, and of the AWS account."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.deployed import PLACEHOLDER
from scripts.operate.doctor.findings import CannotAskError, Finding, note, ok, problem, warning
from scripts.operate.doctor.target import Target
from scripts.project_name import PROJECT
from scripts.signing_secret import Parameter

_FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"})
_INITIAL_CONCURRENCY = 10  # a new account's limit for all its functions together
# How many of each a first apply creates (None: one for each API), and a new account's quota:
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
_QUOTAS = (
    ("CloudFront distributions", 1, 200, "cloudfront", "list_distributions", "DistributionList"),
    (
        "CloudFront response headers policies",
        1,
        20,
        "cloudfront",
        "list_response_headers_policies",
        "ResponseHeadersPolicyList",
    ),
    ("CloudFront functions", 3, 100, "cloudfront", "list_functions", "FunctionList"),
    (
        "CloudFront origin access controls",
        1,
        100,
        "cloudfront",
        "list_origin_access_controls",
        "OriginAccessControlList",
    ),
    ("REST APIs", None, 600, "apigateway", "get_rest_apis", "items"),
)


def variables(target: Target) -> Finding:
    """Whether Terraform would use each value that the tfvars file and the shell's TF_VAR_* set."""
    if target.variables is None:
        return ok("none: the values are those of the running services")
    if mistakes := list(target.variables.mistakes()):
        return problem("; ".join(one.text for one in mistakes), "; ".join(one.fix for one in mistakes))
    if unused := list(target.variables.without_effect()):
        return note(" ".join(unused).rstrip("."))
    return ok(f"Terraform knows each one of {target.values_file}")


def signing_secret(target: Target) -> Finding:
    """Whether the authorizer's parameter has the HS256 secret; only its existence, so that nobody has to read it."""
    parameter = Parameter(_client(target, "ssm"), f"{PROJECT}-{target.name}")
    exists = _answered("ssm", parameter.exists)
    if target.api_signing_algorithm != "HS256":
        if exists:
            return note(
                f"{parameter.name} is left from HS256, and nobody reads it", "delete it, if HS256 is over for good"
            )
        return ok("none needed: access tokens are signed with RS256")
    if not exists:
        return problem(
            f"there is no parameter {parameter.name}, from which the authorizer reads the secret",
            f"run `make secret ENV={target.name} NAME=api`",
        )
    return ok(f"{parameter.name} is there")


def credentials(target: Target) -> Finding:
    """Whether AWS accepts the credentials, and they belong to the account that the environment names."""
    file = target.values_file
    if target.account == PLACEHOLDER:
        return problem(
            f"aws_account_id of {file} is still the placeholder {PLACEHOLDER}",
            "write the account's number: `aws sts get-caller-identity` prints it",
        )
    identity = _ask(target, "sts", "get_caller_identity")
    if identity["Account"] != target.account:
        return problem(
            f"they are for account {identity['Account']}, but {file} has {target.account}",
            "choose the right AWS_PROFILE, or correct aws_account_id",
        )
    return ok(f"account {target.account}")


def region(target: Target) -> Finding:
    """Whether the region exists, as far as the installed AWS library knows."""
    known = _answered("apigateway", lambda: target.session.get_available_regions("apigateway"))
    if target.region not in known:
        return warning(
            f"AWS has no region {target.region} that we know",
            f"correct `region` in {target.values_file}; known are {', '.join(known)}",
        )
    return ok(target.region)


def state_bucket(target: Target) -> Finding:
    """Whether the bucket of Terraform's state exists, private and versioned, in the region that the backend names."""
    if target.state_bucket is None:
        return ok("none needed: the state is local")
    name, wanted = target.state_bucket
    file = target.values_file.replace(".tfvars", ".s3.tfbackend")
    try:
        _ask(target, "s3", "head_bucket", Bucket=name)
    except CannotAskError as error:
        if "404" in str(error):
            return problem(
                f"there is no bucket {name}, so `make plan` cannot keep its state",
                f"run `make bootstrap ENV={target.name}`, or correct {file}",
            )
        raise
    found = _ask(target, "s3", "get_bucket_location", Bucket=name)["LocationConstraint"] or "us-east-1"
    if found != wanted:
        return problem(f"the bucket {name} is in {found}, but {file} has {wanted}", f"correct `region` in {file}")
    open_to = [
        text
        for text, closed in (("versioned", _versioned(target, name)), ("private", _private(target, name)))
        if not closed
    ]
    if open_to:
        return warning(
            f"the state's bucket {name} is not {' and not '.join(open_to)}",
            f"run `aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled` and "
            f"`aws s3api put-public-access-block --bucket {name} --public-access-block-configuration "
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`",
        )
    return ok(f"{name} is versioned and private")


def api_gateway_logging(target: Target) -> Finding:
    """Whether API Gateway may write logs. AWS refuses a stage without this setting of the account and region."""
    if not _ask(target, "apigateway", "get_account").get("cloudwatchRoleArn"):
        return problem(
            f"API Gateway has no role for its logs in {target.region}, so it refuses stages with a log",
            f"run `make bootstrap ENV={target.name}`",
        )
    return ok("has its role")


def verification(target: Target) -> Finding:
    """Whether the account may create distributions. Only a try shows that, so an account that has one passes."""
    if _count(target, "cloudfront", "list_distributions", "DistributionList"):
        return ok("the account has a CloudFront distribution already")
    return note(
        "the account has no CloudFront distribution yet, and AWS refuses the first one of an unverified account",
        "create any distribution in the console and delete it; if AWS refuses, ask its support to verify the account",
    )


def concurrency(target: Target) -> Finding:
    """How many requests the account's functions serve at once."""
    limit = _ask(target, "lambda", "get_account_settings")["AccountLimit"]["ConcurrentExecutions"]
    if limit <= _INITIAL_CONCURRENCY:
        return warning(
            f"all functions of the account together serve {limit} requests at once; further requests fail",
            "request more in Service Quotas > AWS Lambda > Concurrent executions",
        )
    return ok(f"{limit} requests at once")


def quotas(target: Target) -> Finding:
    """Whether the next apply would exceed a new account's quotas."""
    above = []
    for title, made, limit, service, call, member in _QUOTAS:
        count = _count(target, service, call, member) + (target.apis if made is None else made)
        if count > limit:
            above.append(f"{count} {title} (an account begins with {limit})")
    if above:
        return note(
            f"after a first apply the account would have {' and '.join(above)}",
            "request more in Service Quotas, unless the account has more already",
        )
    return ok("the account's initial quotas are enough")


def _versioned(target: Target, bucket: str) -> bool:
    return bool(_ask(target, "s3", "get_bucket_versioning", Bucket=bucket).get("Status") == "Enabled")


def _private(target: Target, bucket: str) -> bool:
    try:
        answer = _ask(target, "s3", "get_public_access_block", Bucket=bucket)
    except CannotAskError as error:
        if "NoSuchPublicAccessBlockConfiguration" in str(error):
            return False
        raise
    return all(answer["PublicAccessBlockConfiguration"].values())


def _count(target: Target, service: str, call: str, member: str) -> int:
    client = _client(target, service)
    if client.can_paginate(call):
        pages = [page.get(member) for page in _answered(service, lambda: list(client.get_paginator(call).paginate()))]
    else:
        pages = [_ask(target, service, call, MaxItems="100").get(member)]
    return sum(len(page.get("Items") or []) if isinstance(page, Mapping) else len(page or []) for page in pages)


def _ask(target: Target, service: str, method: str, **parameters: str) -> dict[str, Any]:
    answer: dict[str, Any] = _answered(service, lambda: getattr(_client(target, service), method)(**parameters))
    return answer


def _client(target: Target, service: str) -> Any:  # noqa: ANN401 - boto3 makes the client's class at run time
    return _answered(service, lambda: target.session.client(service))


def _answered(service: str, call: Any) -> Any:  # noqa: ANN401 - whatever the call answers
    try:
        return call()
    except ClientError as error:
        reason = str(error.response["Error"]["Code"])
        fix = f"log in again, give the role that permission, or enable the region for the account ({service})"
        raise CannotAskError(f"AWS refuses {service}: {reason}", fix, forbidden=reason in _FORBIDDEN) from error
    except BotoCoreError as error:
        raise CannotAskError(f"AWS does not answer: {error}", "set AWS_PROFILE, or log in (`aws sso login`)") from error
