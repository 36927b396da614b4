"""API Gateway PutRestApi: an OpenAPI 3.0 or 2.0 document replaces a REST API, or is merged into it.

Terraform calls it for `aws_api_gateway_rest_api.body`. ministack answers "Unknown API Gateway v1 path". This addition
checks less than AWS; the build refuses what AWS would refuse in a document.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import yaml
from ministack.services import apigateway_v1 as v1

from local.aws.openapi_operation import EXTENSION
from local.aws.private_names import Reply, require, wrap

type Document = dict[str, Any]

_REFERENCES = ("#/definitions/", "#/components/schemas/")
_API_PATH_PARTS = ("restapis", "<id>")


async def handle_request(
    original: Callable[..., Awaitable[Reply]],
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, list[str]],
) -> Reply:
    """Answer `PUT /restapis/<id>?mode=merge|overwrite`; leave every other call to ministack."""
    parts = path.strip("/").split("/")
    if method != "PUT" or len(parts) != len(_API_PATH_PARTS) or parts[0] != _API_PATH_PARTS[0]:
        return await original(method, path, headers, body, query)
    try:
        document = json.loads(body) if body.lstrip().startswith(b"{") else yaml.safe_load(body)
    except (ValueError, yaml.YAMLError) as error:
        return _refuse(f"Invalid OpenAPI input: {error}")
    if not isinstance(document, dict) or not (document.get("swagger") or document.get("openapi")):
        return _refuse("Invalid OpenAPI input.")
    return _put(parts[1], document, overwrite=query.get("mode") == ["overwrite"])


def _refuse(message: str) -> Reply:
    reply: Reply = v1._v1_error("BadRequestException", message, 400)
    return reply


def _put(api_id: str, document: Document, *, overwrite: bool) -> Reply:
    api = v1._rest_apis.get(api_id)
    if api is None:
        reply: Reply = v1._v1_error("NotFoundException", "Invalid API identifier specified", 404)
        return reply
    api.update(_properties(document))
    if overwrite:
        _empty(api_id)
    _put_models(api_id, document)
    for name, validator in (document.get(f"{EXTENSION}request-validators") or {}).items():
        v1._create_request_validator(api_id, {**validator, "name": name})
    for response_type, response in (document.get(f"{EXTENSION}gateway-responses") or {}).items():
        v1._put_gateway_response(api_id, response_type, response)
    schemes = v1._import_security_schemes(api_id, document)
    for path, item in (document.get("paths") or {}).items():
        v1._import_path_item(api_id, path, _operations(document, item), schemes, document.get("security"))
    answer: Reply = v1._v1_response(v1._rest_api_view(api))
    return answer


def _properties(document: Document) -> dict[str, Any]:
    """Return the document's settings of the API itself; settings that it omits stay as they are."""
    info = document.get("info") or {}
    said = {
        "name": info.get("title"),
        "version": str(info.get("version") or ""),
        "description": info.get("description"),
        "policy": document.get(f"{EXTENSION}policy"),
        "apiKeySource": document.get(f"{EXTENSION}api-key-source"),
        "binaryMediaTypes": document.get(f"{EXTENSION}binary-media-types"),
        "minimumCompressionSize": document.get(f"{EXTENSION}minimum-compression-size"),
    }
    return {key: value for key, value in said.items() if value is not None}


def _empty(api_id: str) -> None:
    """Remove everything that a document can declare, except the root resource: others refer to its id."""
    for store in (v1._authorizers_v1, v1._models, v1._request_validators, v1._gateway_responses):
        store[api_id] = {}
    root = next(resource for resource in v1._resources[api_id].values() if resource["path"] == "/")
    root["resourceMethods"] = {}
    v1._resources[api_id] = {root["id"]: root}


def _put_models(api_id: str, document: Document) -> None:
    """Create a model for every schema; a reference between schemas becomes the model's URL, as AWS stores it."""
    schemas = document.get("definitions") or (document.get("components") or {}).get("schemas") or {}
    for name, schema in schemas.items():
        text = json.dumps(schema)
        for other in schemas:
            url = f'"https://apigateway.amazonaws.com/restapis/{api_id}/models/{other}"'
            for prefix in _REFERENCES:
                text = text.replace(f'"{prefix}{other}"', url)
        v1._create_model(api_id, {"name": name, "schema": text})


def _operations(document: Document, item: dict[str, Any]) -> dict[str, Any]:
    """Return a path item's operations, with the parameters and the validator that each inherits."""
    validator = {f"{EXTENSION}request-validator": document.get(f"{EXTENSION}request-validator")}
    shared = item.get("parameters") or []
    return {
        method: {**validator, **(operation or {}), "parameters": shared + ((operation or {}).get("parameters") or [])}
        for method, operation in item.items()
        if method.lower() in v1._OPENAPI_HTTP_METHODS
    }


def install() -> None:
    """Handle the call before ministack's API Gateway does."""
    require(
        v1,
        "_OPENAPI_HTTP_METHODS",
        "_authorizers_v1",
        "_create_model",
        "_create_request_validator",
        "_gateway_responses",
        "_import_path_item",
        "_import_security_schemes",
        "_models",
        "_put_gateway_response",
        "_request_validators",
        "_resources",
        "_rest_api_view",
        "_rest_apis",
        "_v1_error",
        "_v1_response",
    )
    wrap(v1, "handle_request", handle_request)
