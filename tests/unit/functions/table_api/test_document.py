import re
from typing import Any

import pytest
import yaml

from table_api.document import read_operations
from tests.checkout import EXAMPLE


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLE / "functions" / name / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded


def test_an_operation_that_this_package_does_not_know_is_refused() -> None:
    document = load("movies")
    document["paths"]["/movies"]["patch"] = document["paths"]["/movies"]["get"]
    with pytest.raises(ValueError, match="does not serve PATCH /movies, only GET /movies, POST /movies, GET"):
        read_operations("movies", document)


def change(document: dict[str, Any], path: str, method: str, problem: str) -> None:
    operation, schema = document["paths"][path][method], document["components"]["schemas"]["NewOrder"]
    match problem:
        case "no header":
            operation["parameters"] = [each for each in operation["parameters"] if each["in"] != "header"]
        case "optional key":
            operation["parameters"][0]["required"] = False
        case "optional body":
            operation["requestBody"]["required"] = False
        case "no body":
            del operation["requestBody"]
        case "open body":
            schema["additionalProperties"] = True
        case "own id":
            schema["properties"]["id"] = {"type": "string"}
        case "own mark":
            schema["properties"]["_version"] = {"type": "string"}
        case "unseen":
            schema["properties"]["price"] = {"type": "integer"}


@pytest.mark.parametrize(
    ("path", "method", "problem", "sentence"),
    [
        ("/orders", "post", "no header", "POST /orders must declare the header Idempotency-Key, required: true"),
        ("/orders", "post", "optional key", "POST /orders must declare the header Idempotency-Key, required: true"),
        ("/orders/{id}", "put", "no header", "PUT /orders/{id} must declare the header If-Match; add it"),
        ("/orders/{id}", "delete", "no header", "DELETE /orders/{id} must declare the header If-Match; add it"),
        ("/orders", "post", "no body", "POST /orders must have a requestBody with required: true"),
        ("/orders/{id}", "put", "optional body", "PUT /orders/{id} must have a requestBody with required: true"),
        ("/orders", "post", "open body", "the body of POST /orders must be of type object with properties and addit"),
        ("/orders", "post", "own id", "the body of POST /orders must not have the property id"),
        ("/orders", "post", "own mark", "the body of POST /orders must not have the property _version"),
        ("/orders", "post", "unseen", "POST /orders takes price, which the answered item does not have"),
    ],
)
def test_an_operation_that_could_not_be_served_safely_is_refused(
    path: str, method: str, problem: str, sentence: str
) -> None:
    document = load("orders")
    assert len(read_operations("orders", document)) == 6
    change(document, path, method, problem)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_operations("orders", document)
