"""One id leads from an answer to the access log, and from there to the functions' own logs."""

import json
import uuid
from typing import Any


def test_the_answer_the_event_and_the_logs_carry_the_same_ids(aws: Any, deploy: Any, document: Any) -> None:
    api_id, group = deploy(document()), f"/access/{uuid.uuid4().hex}"
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=group)
    variables = {"id": "$context.requestId", "authorizer": "$context.authorizer.requestId"}
    variables["integration"] = "$context.integration.requestId"
    changes = {
        "/accessLogSettings/destinationArn": f"arn:aws:logs:us-east-1:000000000000:log-group:{group}",
        "/accessLogSettings/format": json.dumps(variables),
    }
    aws.client("apigateway").update_stage(
        restApiId=api_id,
        stageName="live",
        patchOperations=[{"op": "replace", "path": path, "value": value} for path, value in changes.items()],
    )

    answer = aws.call_api(api_id, "/movies", headers={"authorization": "Bearer good"})

    [line] = [json.loads(event["message"]) for event in logs.filter_log_events(logGroupName=group)["events"]]
    assert answer.json()["requestId"] == line["id"]
    for name in ("authorizer", "integration"):
        function = "/aws/lambda/" + ("echo" if name == "integration" else "authorizer")
        started = f"START RequestId: {line[name]}"
        assert [
            event for event in logs.filter_log_events(logGroupName=function)["events"] if started in event["message"]
        ]
