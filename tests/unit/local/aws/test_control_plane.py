"""The calls whose answers Terraform reads back: with a wrong answer, no plan is ever empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws


@pytest.fixture
def gateway(aws: LocalAws) -> Any:
    return aws.client("apigateway")


@pytest.fixture
def api_id(gateway: Any) -> str:
    return str(gateway.create_rest_api(name="api")["id"])


def update(gateway: Any, api_id: str, operation: str, path: str, value: str | None = None) -> dict[str, Any]:
    change = {"op": operation, "path": path} | ({} if value is None else {"value": value})
    gateway.update_rest_api(restApiId=api_id, patchOperations=[change])
    changed: dict[str, Any] = gateway.get_rest_api(restApiId=api_id)
    return changed


def test_binary_media_types_are_added_replaced_and_removed(gateway: Any, api_id: str) -> None:
    assert update(gateway, api_id, "add", "/binaryMediaTypes/image~1png")["binaryMediaTypes"] == ["image/png"]
    update(gateway, api_id, "add", "/binaryMediaTypes/image~1gif")
    changed = update(gateway, api_id, "replace", "/binaryMediaTypes/image~1png", "image/webp")
    assert changed["binaryMediaTypes"] == ["image/gif", "image/webp"]
    assert update(gateway, api_id, "remove", "/binaryMediaTypes/image~1gif")["binaryMediaTypes"] == ["image/webp"]


def test_numbers_and_booleans_keep_their_type(gateway: Any, api_id: str) -> None:
    assert update(gateway, api_id, "replace", "/minimumCompressionSize", "1024")["minimumCompressionSize"] == 1024
    assert update(gateway, api_id, "replace", "/disableExecuteApiEndpoint", "true")["disableExecuteApiEndpoint"] is True
    assert (
        update(gateway, api_id, "replace", "/disableExecuteApiEndpoint", "false")["disableExecuteApiEndpoint"] is False
    )


def test_the_endpoint_type_stays_a_list(gateway: Any, api_id: str) -> None:
    changed = update(gateway, api_id, "replace", "/endpointConfiguration/types/REGIONAL", "EDGE")

    assert changed["endpointConfiguration"]["types"] == ["EDGE"]


def test_other_paths_are_still_updated(gateway: Any, api_id: str) -> None:
    assert update(gateway, api_id, "replace", "/description", "films")["description"] == "films"


def test_the_settings_of_an_operation_read_back_under_the_path_that_terraform_wrote(gateway: Any, api_id: str) -> None:
    deployment = gateway.create_deployment(restApiId=api_id)["id"]
    gateway.create_stage(restApiId=api_id, stageName="live", deploymentId=deployment)
    for path, limit in (("*/*", "50"), ("~1orders~1{id}/PUT", "20")):
        change = {"op": "replace", "path": f"/{path}/throttling/rateLimit", "value": limit}
        gateway.update_stage(restApiId=api_id, stageName="live", patchOperations=[change])
    settings = gateway.get_stage(restApiId=api_id, stageName="live")["methodSettings"]
    assert {path: each["throttlingRateLimit"] for path, each in settings.items()} == {
        "*/*": 50.0,
        "~1orders~1{id}/PUT": 20.0,
    }


def test_a_stage_without_access_logs_reads_back_without(gateway: Any, api_id: str) -> None:
    deployment = gateway.create_deployment(restApiId=api_id)["id"]

    gateway.create_stage(restApiId=api_id, stageName="live", deploymentId=deployment)

    assert not gateway.get_stage(restApiId=api_id, stageName="live").get("accessLogSettings")


def test_a_usage_plan_without_limits_reads_back_without(gateway: Any) -> None:
    plan = gateway.create_usage_plan(name="plan")

    assert "quota" not in plan
    assert "throttle" not in plan


def test_a_usage_plan_keeps_the_limits_it_was_given(gateway: Any) -> None:
    plan = gateway.create_usage_plan(name="plan", quota={"limit": 5, "period": "DAY"})

    assert plan["quota"]["limit"] == 5


def test_an_updated_function_can_be_published(aws: LocalAws) -> None:
    cloudfront = aws.client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name="updated", FunctionConfig=config, FunctionCode=b"function handler(e) {}")

    updated = cloudfront.update_function(
        Name="updated", IfMatch=made["ETag"], FunctionConfig=config, FunctionCode=b"function handler(e) { return e }"
    )

    cloudfront.publish_function(Name="updated", IfMatch=updated["ETag"])


def test_a_policy_without_headers_to_remove_reads_back_without(aws: LocalAws) -> None:
    cloudfront = aws.client("cloudfront")
    security = {"ContentTypeOptions": {"Override": True}}

    made = cloudfront.create_response_headers_policy(
        ResponseHeadersPolicyConfig={"Name": "headers", "SecurityHeadersConfig": security}
    )["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]

    assert made["SecurityHeadersConfig"] == security
    assert "RemoveHeadersConfig" not in made
    assert "CustomHeadersConfig" not in made
