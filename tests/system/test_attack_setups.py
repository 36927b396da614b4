"""The rows that need another configuration, or no HTTP request at all, against functions in the running emulator.

Each setup gets its own function, made of the built archive, and a copy of the deployed API in front of it.
"""

import io
import json
import secrets
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.build.artifacts import machine_architecture
from scripts.hostile_tokens import runner
from scripts.hostile_tokens.case import Case, Form, Need, Setup
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE
from scripts.local_stack import definitions
from tests.conftest import Stack
from tests.system.attacked import fired
from tests.system.conftest import aws_client
from tests.tls import CERTIFICATE_AUTHORITIES
from tests.unit.functions.authorizer.hostile import check, configured, make_scenario

SECRET_PARAMETER = "/attack/signing-secret"
LEEWAY_SECONDS = 5  # less than the scenario's, which rows about dates allow for
OTHER_SETUPS = [setup for setup in Setup if setup not in {Setup.ANY, Setup.SCOPES_ONLY}]


@pytest.fixture(scope="module")
def scenario() -> Iterator[Scenario]:
    """The test's own tenant, which publishes two good keys and the flawed ones."""

    class JwkSet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"keys": made.key_set}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with make_scenario() as other, ThreadingHTTPServer(("127.0.0.1", 0), JwkSet) as server:
        issuer = f"http://127.0.0.1:{server.server_address[1]}/"
        made = replace(other, issuer=issuer, now=int(time.time()), leeway=60, secret=secrets.token_urlsafe(32).encode())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Guard:
    """An authorizer in the emulated AWS, and the API that uses it."""

    function: str
    api: str


class Guards:
    """Makes authorizers for setups, with all that they need; `undo` removes everything again."""

    def __init__(self, stack: Stack, scenario: Scenario, undo: ExitStack) -> None:
        self._root, self._scenario, self._undo = stack.root, scenario, undo
        self._lambda, self._iam, self._apis, ssm = (
            aws_client(stack, name) for name in ("lambda", "iam", "apigateway", "ssm")
        )
        deployed = json.loads((stack.settings.directory / "terraform.tfstate").read_text())
        self._document = next(
            resource["instances"][0]["attributes"]["body"]
            for resource in deployed["resources"]
            if resource["type"] == "aws_api_gateway_rest_api"
            and f'"{scenario.target.path.split("/")[1]}"' in resource["module"]
        )
        ssm.put_parameter(Name=SECRET_PARAMETER, Type="SecureString", Value=scenario.shared_secret.decode())
        undo.callback(ssm.delete_parameter, Name=SECRET_PARAMETER)
        self._secret_arn = ssm.get_parameter(Name=SECRET_PARAMETER)["Parameter"]["ARN"]
        allow = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": self._secret_arn}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        role = self._iam.create_role(RoleName="attack", AssumeRolePolicyDocument=_policy(trust))
        undo.callback(self._iam.delete_role, RoleName="attack")
        self._iam.put_role_policy(RoleName="attack", PolicyName="secret", PolicyDocument=_policy(allow))
        undo.callback(self._iam.delete_role_policy, RoleName="attack", PolicyName="secret")
        self._role_arn = role["Role"]["Arn"]

    def make(self, setup: Setup) -> Guard:
        """Return an authorizer with this configuration, and a copy of the deployed API that uses it."""
        settings, access_model = configured(self._scenario, setup, lasts_seconds=3_600)
        settings["LEEWAY_SECONDS"] = str(LEEWAY_SECONDS)
        if "JWKS" in settings:  # the authorizer downloads the others
            settings["JWKS"] = json.dumps({"keys": self._scenario.key_set[:2]})
        else:
            settings["SIGNING_SECRET_ARN"] = self._secret_arn
        name = f"attack-{setup.name.lower().replace('_', '-')}"
        arn = self._lambda.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Architectures=[machine_architecture()],
            Role=self._role_arn,
            Handler="authorizer.main.handler",
            Timeout=10,
            Environment={"Variables": settings},
            Code={"ZipFile": _archive(self._root, access_model)},
        )["FunctionArn"]
        self._undo.callback(self._lambda.delete_function, FunctionName=name)
        self._lambda.add_permission(
            FunctionName=name, StatementId="apis", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
        )
        document = _asking(json.loads(self._document), arn)
        api = self._apis.create_rest_api(name=name)["id"]
        self._undo.callback(self._apis.delete_rest_api, restApiId=api)
        self._apis.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(document).encode())
        self._apis.create_deployment(restApiId=api, stageName="live")
        return Guard(name, api)

    def invoke(self, guard: Guard, event: object, _context: object) -> dict[str, Any]:
        """Invoke the function as API Gateway does; return its answer or raise its error."""
        answered = self._lambda.invoke(FunctionName=guard.function, Payload=json.dumps(event).encode())
        answer: dict[str, Any] = json.load(answered["Payload"])
        if "FunctionError" in answered:
            raise Exception(answer["errorMessage"])  # noqa: TRY002 - as the handler raises it
        return answer


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _archive(root: Path, access_model: Mapping[str, Any]) -> bytes:
    """Return the checkout's built authorizer with another access model."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(root / "build" / machine_architecture() / "authorizer.zip") as built,
        zipfile.ZipFile(changed, "w") as archive,
    ):
        for entry in built.infolist():
            is_access_model = entry.filename == "authorizer/access_model.json"
            archive.writestr(entry, json.dumps(access_model).encode() if is_access_model else built.read(entry))
    return changed.getvalue()


def _asking(document: dict[str, Any], function_arn: str) -> dict[str, Any]:
    """Return an API's document with another authorizer, and with its own answers instead of the API's function."""
    [scheme] = document["components"]["securitySchemes"].values()
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    del authorizer["authorizerCredentials"]  # a role that may invoke only the deployed function
    authorizer["authorizerUri"] = (
        f"arn:aws:apigateway:{definitions.REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    )
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "x-amazon-apigateway-integration" in operation:
                operation["x-amazon-apigateway-integration"] = {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200"}},
                }
    return document


@pytest.fixture(scope="module")
def guards(stack: Stack, scenario: Scenario) -> Iterator[Guards]:
    with ExitStack() as undo:
        yield Guards(stack, scenario, undo)


@pytest.mark.parametrize("setup", OTHER_SETUPS, ids=lambda setup: setup.name.lower())
def test_rows_of_another_configuration_are_answered_as_expected_behind_an_api(
    setup: Setup, stack: Stack, scenario: Scenario, guards: Guards
) -> None:
    host = f"{guards.make(setup).api}.execute-api.localhost:{stack.settings.aws_port}"
    with httpx.Client(
        base_url=stack.settings.aws_url,
        headers={"host": host},
        timeout=30,
        trust_env=False,
        verify=CERTIFICATE_AUTHORITIES,
    ) as http:
        answers = fired(scenario, lambda headers: http.get(f"/live{scenario.target.path}", headers=headers), {setup})
    assert answers.total() == len(runner.sendable(TABLE, Need.KEY, {setup})) >= 7
    assert len(answers) >= 2


def test_events_that_no_request_can_cause_are_answered_as_expected_by_the_function(
    scenario: Scenario, guards: Guards
) -> None:
    guard = guards.make(Setup.ANY)
    cases = [case for case in TABLE if case.recipe.form is Form.EVENT and not case.standing_clock]
    assert {case.setup for case in cases} == {Setup.ANY}
    sent = [case for case in cases if _is_json(case, scenario)]
    assert len(sent) >= 90
    for case in sent:
        check(case, case.recipe.make(scenario), lambda *given: guards.invoke(guard, *given), scenario)


def _is_json(case: Case, scenario: Scenario) -> bool:
    """Return whether Lambda could get a row's event; an infinite number, for example, is not JSON."""
    try:
        json.dumps(case.recipe.make(scenario), allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
