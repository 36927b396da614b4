from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument


def test_a_changed_route_answers_only_once_it_is_deployed(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    api_id = deploy(document())
    gateway = aws.client("apigateway")
    changed = document(paths={"/new": document()["paths"]["/open"]})

    gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(changed).encode())
    assert aws.call_api(api_id, "/open").status_code == 200
    assert aws.call_api(api_id, "/new").status_code == 403

    gateway.create_deployment(restApiId=api_id, stageName="live")
    assert aws.call_api(api_id, "/open").status_code == 403
    assert aws.call_api(api_id, "/new").status_code == 200


def test_a_stage_can_be_rolled_back_to_an_earlier_deployment(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    api_id = deploy(document())
    gateway = aws.client("apigateway")
    first = gateway.get_stage(restApiId=api_id, stageName="live")["deploymentId"]
    gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(document(paths={})).encode())
    gateway.create_deployment(restApiId=api_id, stageName="live")
    assert aws.call_api(api_id, "/open").status_code == 403

    replace = {"op": "replace", "path": "/deploymentId", "value": first}
    gateway.update_stage(restApiId=api_id, stageName="live", patchOperations=[replace])

    assert aws.call_api(api_id, "/open").status_code == 200


def test_the_control_plane_shows_the_api_as_it_is_now(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    api_id = deploy(document())
    gateway = aws.client("apigateway")

    gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(document(paths={})).encode())

    assert [item["path"] for item in gateway.get_resources(restApiId=api_id)["items"]] == ["/"]
