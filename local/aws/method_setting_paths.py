"""API Gateway GetStage: keys of `methodSettings` have `~1` for a slash in the path, as in `~1orders~1{id}/PUT`.

ministack answers `/orders/{id}/PUT`. Terraform looks for the key that it wrote (`aws_api_gateway_method_settings`), so
every plan would show the settings of an operation as new. API Gateway API Reference, Stage, methodSettings.
"""

import json
from collections.abc import Callable

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap


def get_stage(original: Callable[..., Reply], api_id: str, stage_name: str) -> Reply:
    """Return the stage with the keys of its method settings as AWS writes them."""
    status, headers, body = original(api_id, stage_name)
    stage = json.loads(body)
    if not stage.get("methodSettings"):
        return status, headers, body
    stage["methodSettings"] = {_written(key): settings for key, settings in stage["methodSettings"].items()}
    return status, headers, json.dumps(stage).encode()


def _written(key: str) -> str:
    path, _, method = key.rpartition("/")
    return f"{path.replace('/', '~1')}/{method}"


def install() -> None:
    """Replace ministack's GetStage."""
    require(v1, "_get_stage")
    wrap(v1, "_get_stage", get_stage)
