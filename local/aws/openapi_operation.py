"""API Gateway imports an OpenAPI operation with every setting of a method.

ministack's importer keeps the authorization and the integration's type, URI and HTTP method. It drops request
parameters, models, the validator, method responses, the rest of the integration and `x-amazon-apigateway-any-method`.
The mapping is that of the API Gateway Developer Guide, "OpenAPI extensions for API Gateway".
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import require, wrap

EXTENSION = "x-amazon-apigateway-"
ANY_METHOD = f"{EXTENSION}any-method"
_PARAMETER_LOCATIONS = {"query": "querystring", "header": "header", "path": "path"}


def import_operation(
    original: Callable[..., None],
    api_id: str,
    resource_id: str,
    http_method: str,
    operation: dict[str, Any] | None,
    schemes: dict[str, Any] | None = None,
    default_security: list[dict[str, Any]] | None = None,
) -> None:
    """Add the method `http_method` to a resource of the API, from an OpenAPI 3.0 or 2.0 operation."""
    described = operation or {}
    method_name = "ANY" if http_method == ANY_METHOD.upper() else http_method
    original(api_id, resource_id, method_name, described, schemes, default_security)
    method = v1._resources[api_id][resource_id]["resourceMethods"][method_name]
    validators = v1._request_validators.get(api_id, {}).items()
    wanted = described.get(f"{EXTENSION}request-validator")
    method |= {
        "operationName": described.get("operationId", ""),
        "requestParameters": _request_parameters(described),
        "requestModels": _request_models(described),
        "requestValidatorId": next((key for key, validator in validators if validator["name"] == wanted), None),
    }
    place = (api_id, resource_id, method_name)
    for status, response in (described.get("responses") or {}).items():
        headers = (response or {}).get("headers") or {}
        parameters = {f"method.response.header.{header}": False for header in headers}
        v1._put_method_response(*place, str(status), {"responseParameters": parameters})
    if integration := described.get(f"{EXTENSION}integration"):
        _put_integration(place, integration)


def _request_parameters(operation: dict[str, Any]) -> dict[str, bool]:
    """Return {"method.request.<place>.<name>": whether it is required}."""
    return {
        f"method.request.{_PARAMETER_LOCATIONS[parameter['in']]}.{parameter['name']}": bool(parameter.get("required"))
        for parameter in operation.get("parameters") or []
        if parameter.get("in") in _PARAMETER_LOCATIONS
    }


def _request_models(operation: dict[str, Any]) -> dict[str, str]:
    """Return {content type: model name} of OpenAPI 3's requestBody or OpenAPI 2's body parameter."""
    content = (operation.get("requestBody") or {}).get("content") or {}
    schemas = {content_type: media.get("schema") for content_type, media in content.items()}
    for parameter in operation.get("parameters") or []:
        if parameter.get("in") == "body":
            schemas["application/json"] = parameter.get("schema")
    references = {content_type: (schema or {}).get("$ref") for content_type, schema in schemas.items()}
    return {content_type: reference.rsplit("/", 1)[-1] for content_type, reference in references.items() if reference}


def _put_integration(place: tuple[str, str, str], integration: dict[str, Any]) -> None:
    declared = {key: value for key, value in integration.items() if key != "responses"}
    upper_case = {
        "type": str(integration.get("type", "")).upper(),
        "passthroughBehavior": str(integration.get("passthroughBehavior", "when_no_match")).upper(),
    }
    v1._put_integration(*place, declared | upper_case)
    for pattern, response in (integration.get("responses") or {}).items():
        selection = "" if pattern == "default" else pattern
        status = str(response.get("statusCode", "200"))
        v1._put_integration_response(*place, status, {**response, "selectionPattern": selection})


def install() -> None:
    """Replace ministack's import of an operation, and let it import `any` methods."""
    require(
        v1,
        "_OPENAPI_HTTP_METHODS",
        "_put_integration",
        "_put_integration_response",
        "_put_method_response",
        "_request_validators",
        "_resources",
    )
    v1._OPENAPI_HTTP_METHODS.add(ANY_METHOD)
    wrap(v1, "_import_operation", import_operation)
