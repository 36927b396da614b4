"""An answer of the authorizer does not grow with the number of APIs, and ten operations stay far below the limit."""

import json

import yaml

from authorizer import access_model
from scripts.build.data_files import compile_access_model, policies
from scripts.build.new_api import folder
from tests.performance.scale import OPERATIONS, with_ten_operations


def largest_answer(count: int) -> int:
    names = [f"service{number:03}" for number in range(count)]
    apis = {name: with_ten_operations(name, folder.files(name, writes=True)["openapi.yaml"]) for name in names[:1]}
    text = json.dumps(apis[names[0]])
    apis = {name: json.loads(text.replace(names[0], name).replace("Service000", name.capitalize())) for name in names}
    scopes = [f"{verb}:{name.capitalize()}" for name in names for verb in ("read", "write")]
    access = {
        "audience": "https://scale.example/",
        "scopes": dict.fromkeys(scopes, ""),
        "connections": {"amazon": {"scopes": scopes}},
        "machine_clients": {},
        "role_based_access_control": False,
    }
    found = access_model.parse(json.dumps(compile_access_model(access, apis)))
    return max(size for _, _, size in policies.largest_answers(found))


def test_the_api_of_the_measurement_has_ten_operations() -> None:
    document = with_ten_operations("service000", folder.files("service000", writes=True)["openapi.yaml"])
    operations = [method for item in document["paths"].values() for method in item]
    assert len(operations) == OPERATIONS
    assert yaml.safe_load(json.dumps(document)) == document


def test_an_answer_is_as_large_with_thirty_apis_as_with_one() -> None:
    alone = largest_answer(1)
    assert alone == largest_answer(30)
    assert alone <= policies.ANSWER_LIMIT / 2
