"""Lambda aliases with weights: the alias's other version gets the share of the invocations that the weights give.

Lambda chooses at random for each invocation (Lambda Developer Guide, "Implement Lambda canary deployments using a
weighted alias"). ministack stores the weights and always runs the alias's own version.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import lambda_svc

from local.aws.private_names import Reply, require, wrap

type _Found = tuple[dict[str, Any] | None, dict[str, Any] | None, str]
"""The record, its configuration and the function's name."""


def get_record(original: Callable[[str], _Found], function_ref: str) -> _Found:
    """Return the record to invoke for a name or ARN, for API Gateway."""
    function, _, name = lambda_svc._get_base_func_record_for_ref(function_ref)
    version = _other_version(function, function_ref.rpartition(":")[2])
    if function is None or version is None:
        return original(function_ref)
    record = function["versions"][version]
    return record, record["config"], name


async def invoke(
    original: Callable[..., Awaitable[Reply]],
    name: str,
    event: Mapping[str, Any],
    headers: Mapping[str, str],
    path_qualifier: str | None = None,
    query_params: Mapping[str, Any] | None = None,
) -> Reply:
    """Invoke the chosen version, for the API call Invoke."""
    qualifier = lambda_svc._qualifier_from_path_or_query(path_qualifier, query_params)
    version = _other_version(lambda_svc._functions.get(name), qualifier or "")
    return await original(name, event, headers, version or path_qualifier, query_params)


def _other_version(function: Mapping[str, Any] | None, alias: str) -> str | None:
    """Choose at random; return None for the alias's own version, or without weights."""
    routing = (function or {}).get("aliases", {}).get(alias, {}).get("RoutingConfig", {})
    weights: Mapping[str, float] = routing.get("AdditionalVersionWeights", {})
    chance = random.random()  # noqa: S311 - no secret
    for version, weight in weights.items():
        if chance < weight:
            return version
        chance -= weight
    return None


def install() -> None:
    """Choose a version before ministack runs one."""
    require(lambda_svc, "_functions", "_get_base_func_record_for_ref", "_qualifier_from_path_or_query")
    wrap(lambda_svc, "_get_func_record_for_ref", get_record)
    wrap(lambda_svc, "_invoke", invoke)
