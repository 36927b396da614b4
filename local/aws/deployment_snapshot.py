"""API Gateway CreateDeployment: a stage serves the snapshot that its deployment took, not the API as it is now.

In ministack a changed route answers at once. A forgotten deployment trigger, the classic mistake with REST APIs in
Terraform, would show only on AWS. ministack itself takes snapshots of gateway responses only.
"""

import copy
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap

_STORES = ("_resources", "_authorizers_v1", "_request_validators", "_models")

# The deployment's record holds the snapshot, so both are saved, restored and deleted together. Clients ignore it.
_SNAPSHOT = "_snapshot"

_serving: ContextVar[tuple[str, dict[str, Any]] | None] = ContextVar("_serving", default=None)
"""While a request is answered: the API's id and {store: its content at deployment}."""


def create_deployment(original: Callable[..., Reply], api_id: str, data: dict[str, Any]) -> Reply:
    """Create the deployment, and keep a snapshot of the API."""
    reply = original(api_id, data)
    if reply[0] == 201:
        newest = list(v1._deployments_v1[api_id].values())[-1]
        newest[_SNAPSHOT] = {store: copy.deepcopy(getattr(v1, store).get(api_id, {})) for store in _STORES}
    return reply


async def execute_in_scope(
    original: Callable[..., Awaitable[object]], request: dict[str, Any], api_id: str, stage_name: str, *rest: object
) -> object:
    """Answer a request to a stage from its deployment's snapshot."""
    stage = v1._stages_v1.get(api_id, {}).get(stage_name) or {}
    deployment = v1._deployments_v1.get(api_id, {}).get(stage.get("deploymentId")) or {}
    snapshot = deployment.get(_SNAPSHOT)
    token = _serving.set((api_id, snapshot) if snapshot else None)
    try:
        return await original(request, api_id, stage_name, *rest)
    finally:
        _serving.reset(token)


def _answer_from_snapshot(name: str) -> None:
    """Let one store's `get` answer from the snapshot while it serves a request."""
    store = getattr(v1, name)

    class Deployed(type(store)):  # type: ignore[misc] # a subclass of the store's own class, swapped in place
        __slots__ = ()

        def get(self, key: str, default: object = None) -> object:
            serving = _serving.get()
            if serving and serving[0] == key:
                return serving[1].get(name, default)
            return super().get(key, default)

    store.__class__ = Deployed


def install() -> None:
    """Replace CreateDeployment, the data plane's entry point, and `get` of the four stores."""
    require(v1, "_deployments_v1", "_stages_v1", *_STORES)
    for name in _STORES:
        _answer_from_snapshot(name)
    wrap(v1, "_create_deployment", create_deployment)
    wrap(v1, "_execute_in_scope", execute_in_scope)
