"""API Gateway CreateUsagePlan: without a throttle or quota, the plan has none.

ministack answers `{}`. Terraform reads that as a block, so every plan of `aws_api_gateway_usage_plan` without them
shows a change.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, wrap


def create_usage_plan(original: Callable[..., Reply], data: dict[str, Any]) -> Reply:
    """Create the usage plan; `throttle` and `quota` are null unless `data` has them."""
    return original({"throttle": None, "quota": None, **data})


def install() -> None:
    """Replace ministack's CreateUsagePlan."""
    wrap(v1, "_create_usage_plan", create_usage_plan)
