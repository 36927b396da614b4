from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws

LARGEST = "x" * (4_096 - len('{"VALUE":""}'))


def test_an_environment_of_4_kb_is_taken_and_one_byte_more_refused(aws: LocalAws) -> None:
    client, name = aws.client("lambda"), f"large-{uuid.uuid4().hex}"
    aws.create_function(name, "def handler(event, context): ...")

    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"VALUE": LARGEST}})
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="exceeded the 4KB limit"):
        client.update_function_configuration(FunctionName=name, Environment={"Variables": {"VALUE": f"{LARGEST}x"}})

    assert client.get_function_configuration(FunctionName=name)["Environment"]["Variables"] == {"VALUE": LARGEST}


def test_a_function_is_not_created_with_more(aws: LocalAws) -> None:
    client = aws.client("lambda")

    with pytest.raises(client.exceptions.InvalidParameterValueException):
        client.create_function(
            FunctionName=f"large-{uuid.uuid4().hex}",
            Runtime="python3.13",
            Role=aws.role_arn,
            Handler="main.handler",
            Code={"ZipFile": b"unread"},
            Environment={"Variables": {"VALUE": f"{LARGEST}x"}},
        )


def test_a_change_of_something_else_needs_no_environment(aws: LocalAws) -> None:
    client, name = aws.client("lambda"), f"small-{uuid.uuid4().hex}"
    aws.create_function(name, "def handler(event, context): ...")

    assert client.update_function_configuration(FunctionName=name, Timeout=7)["Timeout"] == 7
