from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws

SOURCE = """
import os

count = 0

def handler(event, context):
    global count
    count += 1
    if event.get("say"):
        print(event["say"])
    if event.get("raise"):
        raise ValueError(event["raise"])
    if event.get("exit"):
        os._exit(1)
    return {"count": count, "endpoint": os.environ["AWS_ENDPOINT_URL"], "region": os.environ["AWS_REGION"]}
"""


@pytest.fixture
def function(aws: LocalAws) -> str:
    """The name of a function that counts the invocations of its execution environment."""
    name = f"counter-{uuid.uuid4().hex}"
    aws.create_function(name, SOURCE)
    return name


def invoke(aws: LocalAws, function: str, **event: str) -> dict[str, Any]:
    answer = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event), LogType="Tail")
    return {
        "payload": json.loads(answer["Payload"].read()),
        "failed": "FunctionError" in answer,
        "log": base64.b64decode(answer.get("LogResult", "")).decode(),
    }


def test_an_exception_does_not_end_the_execution_environment(aws: LocalAws, function: str) -> None:
    invoke(aws, function)

    failed = invoke(aws, function, **{"raise": "a bug"})

    assert failed["failed"]
    assert failed["payload"]["errorMessage"] == "a bug"
    assert "ValueError: a bug" in failed["log"]
    assert invoke(aws, function)["payload"]["count"] == 3


def test_an_exit_ends_the_execution_environment(aws: LocalAws, function: str) -> None:
    invoke(aws, function)

    assert invoke(aws, function, exit="now")["failed"]

    assert invoke(aws, function)["payload"]["count"] == 1


def test_an_invocations_log_is_its_own(aws: LocalAws, function: str) -> None:
    invoke(aws, function)

    for word in ("first", "second", "third"):
        log = invoke(aws, function, say=word)["log"]
        assert [other for other in ("first", "second", "third") if other in log] == [word]
    assert "third" not in invoke(aws, function)["log"]


def test_a_log_larger_than_a_pipe_is_kept_whole(aws: LocalAws, function: str) -> None:
    invoke(aws, function, say="\n".join(f"line {number} " + 100 * "x" for number in range(2_000)))

    events = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    said = "\n".join(event["message"] for event in events).splitlines()
    assert [line.split()[1] for line in said if line.startswith("line ")] == [str(number) for number in range(2_000)]


def test_a_function_calls_the_local_aws(aws: LocalAws, function: str) -> None:
    answer = invoke(aws, function)["payload"]

    assert (answer["endpoint"], answer["region"]) == (aws.url, "us-east-1")
