"""API Gateway CreateUsagePlan: a throttle or quota that was not given reads back as absent.

ministack answers `{}`, which Terraform reads as a block, so that every plan of `aws_api_gateway_usage_plan` without
them shows a change.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, wrap


def create_usage_plan(original: Callable[..., Reply], data: dict[str, Any]) -> Reply:
    """CreateUsagePlan with `throttle` and `quota` null unless `data` has them."""
    return original({"throttle": None, "quota": None, **data})


def install() -> None:
    """Replace ministack's CreateUsagePlan."""
    wrap(v1, "_create_usage_plan", create_usage_plan)
