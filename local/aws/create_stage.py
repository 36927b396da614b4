"""API Gateway CreateStage: without access log settings, the stage has none.

ministack answers `{}`. Terraform reads that as a block, so every plan of `aws_api_gateway_stage` shows a change.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, wrap


def create_stage(original: Callable[..., Reply], api_id: str, data: dict[str, Any]) -> Reply:
    """Create the stage; `accessLogSettings` is null unless `data` has it."""
    return original(api_id, {"accessLogSettings": None, **data})


def install() -> None:
    """Replace ministack's CreateStage."""
    wrap(v1, "_create_stage", create_stage)
