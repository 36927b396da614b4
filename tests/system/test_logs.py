"""The logs of the running system: what they never contain, and what `make denials`, `why` and `live` read in them."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import jwt
import pytest

from scripts.operate.canary.cloudwatch import alarms_on, gateway
from tests.conftest import Stack
from tests.system.conftest import SignIn, Tokens, aws_client, json_lines, log_messages, succeeded

type Lines = Callable[[str], list[dict[str, Any]]]
"""Takes a log group, returns the JSON lines that it got since the first request of this module."""

PERSON, NAME = "alan@example.com", "Turing"
DEVICES = "/api/devices"


@pytest.fixture(scope="module")
def begun() -> float:
    """The time of the first request of this module (Unix time, seconds)."""
    return time.time()


@pytest.fixture(scope="module")
def alan(begun: float, sign_in: SignIn) -> Tokens:
    return sign_in("google-oauth2", PERSON)


@pytest.fixture(scope="module")
def refused(alan: Tokens) -> list[str]:
    """Tokens that each fail in one check, made from a good one; the first has no signature of its own."""
    header, claims, signature = alan.access_token.split(".")
    return [
        f"{header}.{claims}.{signature[::-1]}",
        f"{header}.{claims}.AAAA",
        f"{header}.{claims}.AB",
        alan.id_token,
        f"{header}.{claims}=.{signature}",
        "e30.e30.e30",
    ]


@pytest.fixture(scope="module")
def request_ids(stack: Stack, alan: Tokens, refused: list[str]) -> dict[str, str]:
    """Send every kind of request that is logged, and return the ids of those that were refused."""
    with stack.http() as http:
        assert http.get(DEVICES, headers=alan.bearer).status_code == 200
        denied = http.get("/api/movies", headers=alan.bearer)
        missing = http.get(f"{DEVICES}/none-of-this-id", headers=alan.bearer)
        nobody = http.get(DEVICES)
        unauthorized = [http.get(DEVICES, headers={"authorization": f"Bearer {token}"}) for token in refused]
        assert {answer.status_code for answer in [nobody, *unauthorized]} == {401}
    succeeded(stack.command("explain", TOKEN=alan.access_token))
    assert denied.json()["reason_code"] == "insufficient_scope"
    assert all(answer.json().keys() == {"error", "message", "request_id"} for answer in [nobody, *unauthorized])
    return {
        "denied": denied.json()["request_id"],
        "missing": missing.json()["request_id"],
        "nobody": nobody.json()["request_id"],
        "unauthorized": unauthorized[0].json()["request_id"],
    }


@pytest.fixture
def lines(stack: Stack, begun: float) -> Lines:
    return lambda group: json_lines(log_messages(stack, group, begun))


def texts(stack: Stack, since: float) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every existing log."""
    for page in aws_client(stack, "logs").get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            yield name, "\n".join(log_messages(stack, name, since))
    for file in stack.settings.logs.glob("*.log"):
        yield file.name, file.read_text(errors="replace")


def test_no_log_holds_a_token_a_part_of_one_or_who_signed_in(
    stack: Stack, begun: float, alan: Tokens, refused: list[str], request_ids: dict[str, str]
) -> None:
    subject = jwt.decode(alan.access_token, options={"verify_signature": False})["sub"]
    parts = {part for token in (alan.access_token, *refused) for part in token.split(".") if len(part) > len("e30")}
    parts -= {"AAAA", alan.access_token.split(".")[0]}  # too short to search for; and the header, which is no secret
    secrets = {*parts, alan.refresh_token, subject, subject.partition("|")[2], PERSON, NAME}
    found = dict(texts(stack, begun))
    assert {"/aws/lambda/gatehouse-local-authorizer", "/aws/apigateway/gatehouse-local-devices"} <= found.keys()
    assert {"aws.log", "auth0.log", "terraform.log"} <= found.keys()
    for name, text in found.items():
        assert not [secret[:12] for secret in secrets if secret in text], name
        assert not re.search(r"\beyJ[A-Za-z0-9_-]{10,}\.", text), name


def test_a_refusal_is_followed_from_the_answer_to_the_access_log(lines: Lines, request_ids: dict[str, str]) -> None:
    by_id = {
        line["request_id"]: line
        for api in ("devices", "movies")
        for line in lines(f"/aws/apigateway/gatehouse-local-{api}")
    }
    denied, nobody, unauthorized = (by_id[request_ids[name]] for name in ("denied", "nobody", "unauthorized"))
    assert (denied["status"], denied["refusal"], denied["reason_code"]) == (
        "403",
        "ACCESS_DENIED",
        "insufficient_scope",
    )
    assert (denied["method"], denied["path"], denied["connection"]) == ("GET", "/movies", "google-oauth2")
    assert (nobody["status"], nobody["refusal"], nobody["authorizer_status"]) == ("401", "UNAUTHORIZED", "-")
    assert (unauthorized["authorizer_status"], unauthorized["authorizer_error"]) == ("401", "Unauthorized")
    assert unauthorized["principal"] == "-"


def test_the_principal_of_the_access_log_is_the_subject_of_the_authorizers(
    lines: Lines, request_ids: dict[str, str]
) -> None:
    accesses = lines("/aws/apigateway/gatehouse-local-movies")
    [denied] = [line for line in accesses if line["request_id"] == request_ids["denied"]]
    decisions = lines("/aws/lambda/gatehouse-local-authorizer")
    assert re.fullmatch("[0-9a-f]{32}", denied["principal"])
    assert denied["principal"] in {line["subject"] for line in decisions if line["decision"] == "allow"}


@pytest.mark.usefixtures("request_ids")
def test_each_refusal_of_the_authorizer_has_its_reason(lines: Lines) -> None:
    decisions = lines("/aws/lambda/gatehouse-local-authorizer")
    reasons = {line["reason"] for line in decisions if line["decision"] == "unauthorized"}
    assert {"bad_signature", "malformed_token", "algorithm_not_allowed"} <= reasons


def printed(said: str) -> dict[str, dict[str, Any]]:
    """Return the last JSON line that `make logs` printed for each log group."""
    return {line.split()[0]: json.loads(line[line.index("{") :]) for line in said.splitlines() if "{" in line}


def test_make_logs_prints_what_was_decided_of_a_request_whatever_proxies_the_shell_has(
    stack: Stack, request_ids: dict[str, str]
) -> None:
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"}
    denied = printed(succeeded(stack.command("logs", REQUEST=request_ids["denied"], **proxies)))
    access, decision = (
        denied[f"/aws/{name}"] for name in ("apigateway/gatehouse-local-movies", "lambda/gatehouse-local-authorizer")
    )
    assert (access["path"], access["reason_code"]) == ("/movies", "insufficient_scope")
    assert (decision["decision"], decision["reason"]) == ("deny", "insufficient_scope")
    missing = printed(succeeded(stack.command("logs", REQUEST=request_ids["missing"])))
    assert missing["/aws/lambda/gatehouse-local-devices"]["status"] == 404
    everything = succeeded(stack.command("logs", **proxies))
    assert "==> /aws/lambda/gatehouse-local-authorizer (CloudWatch)" in everything
    assert "START RequestId" not in everything


def test_a_request_that_no_log_has_is_a_users_mistake(stack: Stack, request_ids: dict[str, str]) -> None:
    answer = stack.command("logs", REQUEST="11111111-2222-3333-4444-555555555555")
    assert answer.returncode == 2
    assert "no log has the request" in answer.stderr


def said(stack: Stack, verb: str, **variables: str) -> str:
    return succeeded(stack.command(verb, **variables))


@pytest.mark.parametrize(
    ("which", "lines", "reason"),
    [
        (
            "denied",
            ("GET /movies was answered 403", "gateway     ACCESS_DENIED", "insufficient_scope, caller "),
            "The token is valid, but its scopes cover no operation of the API. GET /movies needs read:Movies; "
            "this sign-in is of google-oauth2.",
        ),
        (
            "nobody",
            ("GET /devices was answered 401", "authorizer  was not asked", "function    was not called"),
            "it carried no `Authorization: Bearer` with a signed token, so API Gateway did not ask the authorizer.",
        ),
        (
            "unauthorized",
            ("GET /devices was answered 401", "authorizer  unauthorized, "),
            "The token",
        ),
    ],
)
def test_make_why_follows_a_request_and_gives_the_reason_in_a_sentence(
    stack: Stack, request_ids: dict[str, str], which: str, lines: tuple[str, ...], reason: str
) -> None:
    told = said(stack, "why", REQUEST=request_ids[which])
    for line in lines:
        assert line in told
    assert f"Why: {reason}" in told


def test_make_why_follows_a_request_by_the_header_of_a_good_answer_too(stack: Stack, alan: Tokens) -> None:
    with stack.http() as http:
        good = http.get(DEVICES, headers=alan.bearer).headers["x-amzn-requestid"]
    told = said(stack, "why", REQUEST=good)
    assert "GET /devices was answered 200" in told
    assert "function    answered 200" in told
    assert "Why: nothing refused it." in told


def test_make_denials_counts_by_reason_operation_and_caller_and_names_nobody(
    stack: Stack, alan: Tokens, refused: list[str], request_ids: dict[str, str]
) -> None:
    told = said(stack, "denials", SINCE="1h")
    for text in ("by operation", "401  GET /devices", "403  GET /movies", "by reason", "by caller"):
        assert text in told
    assert re.search(r"403  insufficient_scope +The token is valid, but its scopes cover no operation", told)
    assert re.search(r"401  bad_signature +The token's signature is not the issuer's", told)
    assert re.search(r"401  no_token +No `Authorization: Bearer`", told)
    assert re.search(r"[0-9a-f]{32}  google-oauth2 ", told)
    subject = jwt.decode(alan.access_token, options={"verify_signature": False})["sub"]
    assert not [secret for secret in (subject, PERSON, NAME, *alan.access_token.split(".")[1:]) if secret in told]


def test_make_live_shows_the_versions_that_answer(stack: Stack) -> None:
    told = said(stack, "live")
    authorizer = aws_client(stack, "lambda").get_alias(FunctionName="gatehouse-local-authorizer", Name="live")
    assert re.search(rf"^authorizer  {authorizer['FunctionVersion']} ", told, re.MULTILINE)
    assert "API movies: deployment " in told


def test_a_function_that_may_not_be_invoked_is_a_500_an_alarm_and_a_sentence(
    stack: Stack, begun: float, alan: Tokens, lines: Lines
) -> None:
    functions, name = aws_client(stack, "lambda"), "gatehouse-local-devices"
    permission = {"FunctionName": name, "Qualifier": "live", "StatementId": "InvokeFromApi"}
    policy = json.loads(functions.get_policy(FunctionName=name, Qualifier="live")["Policy"])
    [statement] = [each for each in policy["Statement"] if each["Sid"] == "InvokeFromApi"]
    group = "/aws/apigateway/gatehouse-local-devices"
    alarm = alarms_on("api", {"ApiName": name, "Stage": "live"})["server-errors"]
    assert alarm.crossings(gateway(lines(group))) == [], "so far"
    functions.remove_permission(**permission)
    try:
        with stack.http() as http:
            answers = [http.get(DEVICES, headers=alan.bearer) for _ in range(2 * int(alarm.threshold))]
    finally:
        source = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
        functions.add_permission(
            **permission, Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com", SourceArn=source
        )
    assert {answer.status_code for answer in answers} == {500}
    assert alarm.crossings(gateway(lines(group)))
    failed = answers[-1].headers["x-amzn-requestid"]
    assert "Why: API Gateway could not invoke the function" in said(stack, "why", REQUEST=failed)
    assert failed in said(stack, "denials", SINCE="1h")


def test_make_logs_reads_a_deployed_environment_by_its_name(stack: Stack) -> None:
    """The emulator plays the account of dev, in its region: dev.tfvars has the emulator's account."""
    account = {"AWS_ENDPOINT_URL": stack.settings.aws_url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    logs = boto3.Session("test", "test", region_name="eu-west-1").client("logs", endpoint_url=stack.settings.aws_url)
    group = {"logGroupName": "/aws/lambda/gatehouse-dev-authorizer"}
    logs.create_log_group(**group)
    logs.create_log_stream(**group, logStreamName="one")
    now = int(time.time() * 1_000)
    events = [{"timestamp": now - ago, "message": text} for ago, text in ((2 * 3_600_000, "older"), (1_000, "newer"))]
    logs.put_log_events(**group, logStreamName="one", logEvents=events)
    try:
        recent = succeeded(stack.command("logs", "dev", **account))
        assert "==> /aws/lambda/gatehouse-dev-authorizer (CloudWatch)" in recent
        assert "newer" in recent
        assert "older" not in recent
        assert "gatehouse-local" not in recent
        assert "older" in succeeded(stack.command("logs", "dev", SINCE="3h", **account))
    finally:
        logs.delete_log_group(**group)
    assert "There are no lines since then" in succeeded(stack.command("logs", "dev", **account))
