from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument


def bearer(word: str) -> dict[str, str]:
    return {"authorization": f"Bearer {word}"}


def test_an_imported_route_answers_what_its_function_answers(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    api_id = deploy(document())

    answer = aws.call_api(api_id, "/movies?year=1999", headers=bearer("welcome"))

    assert answer.status_code == 200
    assert answer.json()["queryStringParameters"] == {"year": "1999"}
    assert answer.json()["authorizer"]["needed_scope"] == "read:Movies"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eA=="}, bearer("unknown")])
def test_a_missing_malformed_or_unknown_token_is_unauthorized(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, headers: dict[str, str]
) -> None:
    answer = aws.call_api(deploy(document()), "/movies", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["error"] == "invalid_token"
    assert answer.json()["request_id"] == answer.headers["x-amzn-requestid"]


def test_a_denied_token_is_forbidden(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    answer = aws.call_api(deploy(document()), "/movies", headers=bearer("denied"))

    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"


def test_a_bug_in_the_authorizer_is_a_server_error(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    assert aws.call_api(deploy(document()), "/movies", headers=bearer("broken")).status_code == 500


def test_an_unknown_path_is_missing_authentication_token(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    answer = aws.call_api(deploy(document()), "/nothing")

    assert (answer.status_code, answer.json()) == (403, {"message": "Missing Authentication Token"})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_any_method_answers_every_method(aws: LocalAws, deploy: Deploy, document: MakeDocument, method: str) -> None:
    assert aws.call_api(deploy(document()), "/open", method).json()["httpMethod"] == method


def test_the_request_validator_checks_the_body_against_its_model(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    api_id = deploy(document())

    assert aws.call_api(api_id, "/movies", "POST", json={"title": "Alien"}).status_code == 200
    assert aws.call_api(api_id, "/movies", "POST", json={"name": "Alien"}).status_code == 400
    assert aws.call_api(api_id, "/movies", "POST", json={"title": 1}).status_code == 400


def test_overwriting_removes_what_the_new_document_leaves_out(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    api_id = deploy(document())
    gateway = aws.client("apigateway")
    kept = {"/open": document()["paths"]["/open"]}

    gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(document(paths=kept)).encode())

    assert {item["path"] for item in gateway.get_resources(restApiId=api_id)["items"]} == {"/", "/open"}


def test_merging_keeps_what_the_new_document_leaves_out(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    api_id = deploy(document())
    gateway = aws.client("apigateway")
    added = {"/other": document()["paths"]["/open"]}

    gateway.put_rest_api(restApiId=api_id, mode="merge", body=json.dumps(document(paths=added)).encode())

    assert {item["path"] for item in gateway.get_resources(restApiId=api_id)["items"]} >= {"/movies", "/open", "/other"}


def test_a_document_in_yaml_is_imported_too(aws: LocalAws, document: MakeDocument) -> None:
    gateway = aws.client("apigateway")
    api_id = gateway.create_rest_api(name="api")["id"]

    answer = gateway.put_rest_api(restApiId=api_id, body=yaml.safe_dump(document()).encode())

    assert answer["name"] == "Movies"


@pytest.mark.parametrize("body", [b"{", b"[]", b"a: b", b"a: ["])
def test_what_is_no_openapi_document_is_refused(aws: LocalAws, body: bytes) -> None:
    gateway = aws.client("apigateway")
    api_id = gateway.create_rest_api(name="api")["id"]

    with pytest.raises(ClientError, match="BadRequestException"):
        gateway.put_rest_api(restApiId=api_id, body=body)


def test_an_unknown_api_is_not_found(aws: LocalAws, document: MakeDocument) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        aws.client("apigateway").put_rest_api(restApiId="0", body=json.dumps(document()).encode())
