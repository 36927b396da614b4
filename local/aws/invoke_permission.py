"""Lambda Invoke by API Gateway: the function's policy, or the role that API Gateway assumes, must allow it.

ministack lets a REST API invoke any function. On AWS every request fails with 500 if `aws_lambda_permission` is
missing, its `source_arn` is wrong, or the role lacks lambda:InvokeFunction (Developer Guide, "Lambda proxy
integrations" and "Input to an API Gateway Lambda authorizer").
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import apigateway_v1 as v1
from ministack.services import lambda_svc

from local.aws.private_names import require, wrap

_ACTION = "lambda:InvokeFunction"
_GATEWAY = "apigateway.amazonaws.com"
_PATH_PARAMETER = re.compile(r"\{[^}]*\}")


async def invoke_integration(
    original: Callable[..., Awaitable[Any]],
    integration: dict[str, Any],
    api_id: str,
    stage_name: str,
    stage: dict[str, Any],
    resource: dict[str, Any],
    path: str,
    method: str,
    *rest: object,
    owner_account_id: str,
    owner_region: str,
    **named: object,
) -> object:
    """Invoke a proxy integration's function; without permission, answer as for a broken integration."""
    template = _PATH_PARAMETER.sub("*", resource["path"])
    source = v1.execute_api_arn(owner_region, owner_account_id, api_id, stage_name, method, template)
    if not _may_invoke(integration.get("uri", ""), integration.get("credentials"), source):
        return v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
    return await original(
        integration,
        api_id,
        stage_name,
        stage,
        resource,
        path,
        method,
        *rest,
        owner_account_id=owner_account_id,
        owner_region=owner_region,
        **named,
    )


async def invoke_authorizer(
    original: Callable[..., Awaitable[Any]],
    authorizer: dict[str, Any],
    event: dict[str, Any],
    account_id: str,
    region: str,
) -> object:
    """Invoke an authorizer's function; without permission return None, which means a broken authorizer."""
    api_id = event["methodArn"].split(":")[5].split("/")[0]
    source = f"arn:aws:execute-api:{region}:{account_id}:{api_id}/authorizers/{authorizer['id']}"
    if not _may_invoke(authorizer.get("authorizerUri", ""), authorizer.get("authorizerCredentials"), source):
        return None
    return await original(authorizer, event, account_id, region)


def _may_invoke(uri: str, role_arn: str | None, source_arn: str) -> bool:
    """Return whether API Gateway may invoke the function of `uri` on behalf of `source_arn`, a part of the API."""
    function_arn = v1._extract_lambda_ref_from_integration_uri(uri)
    found = lambda_svc.function_policy_for_arn(function_arn)
    if not app.AUTH or found is None:
        return True  # the call itself reports a missing function
    policy, account_id = found
    region = function_arn.split(":")[3]
    caller = iam_evaluator.EvalContext(role_arn or _GATEWAY, "Service", account_id, _ACTION, function_arn, region)
    caller.service_context = {"aws:sourcearn": source_arn, "aws:sourceaccount": account_id}
    if role_arn:
        policies = iam_evaluator._gather_role_policies(role_arn.rsplit("/", 1)[-1], account_id)
        return bool(iam_evaluator.evaluate(caller, policies).decision == "Allow")
    return bool(iam_evaluator.evaluate_resource_policy(policy, caller, service=_GATEWAY).decision == "Allow")


def install() -> None:
    """Check the permission before a REST API invokes an integration or an authorizer."""
    require(app, "AUTH")
    require(iam_evaluator, "EvalContext", "_gather_role_policies", "evaluate", "evaluate_resource_policy")
    require(lambda_svc, "function_policy_for_arn")
    require(v1, "_extract_lambda_ref_from_integration_uri", "_gw_error", "execute_api_arn")
    wrap(v1, "_invoke_lambda_proxy_v1", invoke_integration)
    wrap(v1, "_invoke_authorizer_lambda", invoke_authorizer)
