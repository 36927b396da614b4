"""The checks of the AWS account, and of the secret that would be put into it."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from authorizer import secret_strength
from scripts.operate.doctor.findings import ProblemError
from scripts.operate.doctor.place import Place


def signing_secret(place: Place) -> str:
    """Whether the authorizer would take the secret of HS256."""
    if place.api_signing_algorithm != "HS256":
        return "none: access tokens are signed with RS256"
    secret = place.shell.get("TF_VAR_signing_secret")
    if not secret:
        raise ProblemError("api_signing_algorithm is HS256 and there is no secret", "set TF_VAR_signing_secret")
    if problem := secret_strength.problem(secret.encode()):
        raise ProblemError(f"TF_VAR_signing_secret {problem}", "make one with `openssl rand -base64 48`, and set it")
    return "good enough for HS256"


def credentials(place: Place) -> str:
    """Whether AWS knows us, in the account that the environment names."""
    identity = _ask(place, "sts", "get_caller_identity")
    if identity["Account"] != place.account:
        raise ProblemError(
            f"they are for account {identity['Account']}, but {place.name}.tfvars has {place.account}",
            "choose the right AWS_PROFILE, or correct aws_account_id",
        )
    return f"account {place.account}, region {place.region}"


def api_gateway_logging(place: Place) -> str:
    """Whether API Gateway may write logs: a setting of the account and region, without which a stage is refused."""
    if not _ask(place, "apigateway", "get_account").get("cloudwatchRoleArn"):
        raise ProblemError(
            f"API Gateway has no role for its logs in {place.region}, so it refuses stages that log",
            "make a role that trusts apigateway.amazonaws.com with AmazonAPIGatewayPushToCloudWatchLogs, and run "
            "`aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=<its ARN>`",
        )
    return "has its role"


def _ask(place: Place, service: str, method: str) -> dict[str, Any]:
    try:
        client = boto3.session.Session().client(service, region_name=place.region)
        answer: dict[str, Any] = getattr(client, method)()
    except ClientError as error:
        reason = error.response["Error"]["Code"]
        raise ProblemError(
            f"AWS refuses {service}: {reason}", "log in again, or give the role that permission"
        ) from error
    except BotoCoreError as error:
        raise ProblemError(f"AWS cannot be asked: {error}", "set AWS_PROFILE, or log in (`aws sso login`)") from error
    return answer
