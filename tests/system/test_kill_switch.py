"""`make revoke` on the running system: it works within a minute, every apply keeps it, and a broken list does no harm.

The entries are for the tests' own people and applications, so they do not disturb the other tests of this stack.
"""

import json
import time
from collections.abc import Mapping

import httpx
import jwt
import pytest

from authorizer.subjects import subject_hasher
from scripts.deployed import LIVE, Deployed
from scripts.local_stack import settings
from scripts.local_stack.tenant import LocalTenant
from scripts.operate.revoke import switch
from scripts.revocation_list import SETTING
from tests.conftest import Stack
from tests.system.conftest import (
    SignIn,
    Tokens,
    aws_client,
    bearer,
    json_lines,
    log_messages,
    sign,
    sign_in_afresh,
    succeeded,
    tenants_keys,
)

LIMIT_SECONDS = 60
HOUR = 3600
OTHER_SIZE = 256  # megabytes


@pytest.fixture(scope="module")
def place(stack: Stack) -> Deployed:
    return Deployed(settings.NAME, aws_client(stack, "lambda"), aws_client(stack, "apigateway"), {})


@pytest.fixture(scope="module")
def grace(sign_in: SignIn) -> Tokens:
    """A user of Google whom these tests revoke."""
    return sign_in("google-oauth2", "grace@example.com")


def subject(tokens: Tokens) -> str:
    return str(jwt.decode(tokens.access_token, options={"verify_signature": False})["sub"])


def answers(stack: Stack, bearer: Mapping[str, str], path: str = "/api/devices", times: int = 2) -> list[int]:
    """Call through CloudFront twice: the second answer uses the decision that API Gateway has cached."""
    with stack.http() as http:
        return [http.get(path, headers=dict(bearer)).status_code for _ in range(times)]


def test_a_revoked_user_is_refused_within_a_minute_and_nobody_else_is(
    stack: Stack, place: Deployed, sign_in: SignIn, grace: Tokens
) -> None:
    ada = sign_in("amazon")
    assert answers(stack, grace.bearer) == [200, 200]
    assert answers(stack, ada.bearer, "/api/movies") == [200, 200]

    begun = time.monotonic()
    said = succeeded(stack.command("revoke", SUB=subject(grace)))
    refused = answers(stack, grace.bearer)
    took = time.monotonic() - begun

    assert refused == [401, 401]
    assert took < LIMIT_SECONDS
    assert answers(stack, ada.bearer, "/api/movies") == [200, 200]
    hashed = subject_hasher(place.subject_hash_key())(subject(grace))
    assert f"Revoking sub:{hashed} in gatehouse-local" in said
    assert subject(grace) not in said
    assert hashed in succeeded(stack.command("revoke", LIST="1"))

    explained = succeeded(stack.command("explain", TOKEN=grace.access_token))
    assert "401 everywhere: revoked." in explained
    assert f"subject {hashed}" in explained


def test_a_plan_of_before_is_refused_and_one_of_after_is_empty(stack: Stack, place: Deployed) -> None:
    if "No changes" not in succeeded(stack.command("plan", "local")):  # another test has rolled the stack back
        succeeded(stack.command("up"))
        succeeded(stack.command("plan", "local"))
    switch.let_answer(place, lambda standing: {**standing, "jti:since the plan": time.time() + HOUR})

    stale = stack.command("apply", "local")

    assert stale.returncode == 2
    assert "the revocation list has changed since this plan was made" in stale.stderr
    assert "there is no saved plan of local" in stack.command("apply", "local").stderr, "it could never be applied"
    assert "No changes" in succeeded(stack.command("plan", "local"))


@pytest.mark.long
def test_an_apply_of_other_code_and_settings_keeps_what_is_revoked(stack: Stack, place: Deployed) -> None:
    switch.let_answer(place, lambda standing: {**standing, "jti:kept": time.time() + HOUR})
    listed = switch.listed(place)
    deploy_something_else(stack, place)

    assert "applied" in succeeded(stack.command("up"))

    live = place.functions.get_function_configuration(FunctionName=place.authorizer, Qualifier=LIVE)
    assert live["MemorySize"] != OTHER_SIZE
    assert switch.listed(place) == listed
    assert answers(stack, bearer(sign(stack, jti="kept"))) == [401, 401]
    assert answers(stack, bearer(sign(stack, jti="other"))) == [200, 200]
    assert "no changes" in succeeded(stack.command("up"))


def test_an_application_a_token_and_a_key_are_revoked_alike_and_taken_back(stack: Stack, place: Deployed) -> None:
    next_key = tenants_keys(stack)[1]
    tokens = {
        "client:compromised": sign(stack, azp="compromised"),
        "jti:stolen": sign(stack, jti="stolen"),
        f"kid:{next_key[0]}": sign(stack, next_key),
        "other": sign(stack, jti="other"),
    }

    def statuses() -> dict[str, int]:
        return {name: answers(stack, bearer(token))[1] for name, token in tokens.items()}

    assert statuses() == dict.fromkeys(tokens, 200)
    revoked = dict.fromkeys([name for name in tokens if name != "other"], time.time() + HOUR)

    switch.put_in_force(place, lambda standing: {**standing, **revoked})
    assert statuses() == dict.fromkeys(revoked, 401) | {"other": 200}

    succeeded(stack.command("revoke", CLIENT="compromised", UNDO="1"))
    assert statuses() == dict.fromkeys(revoked, 401) | {"client:compromised": 200, "other": 200}
    again = stack.command("revoke", CLIENT="compromised", UNDO="1")
    assert again.returncode == 2
    assert "client:compromised is not revoked in gatehouse-local" in again.stderr


def test_an_erased_user_is_gone_from_the_tenant_and_refused(stack: Stack, place: Deployed) -> None:
    tokens = sign_in_afresh(stack, "amazon", "grace@example.com")  # a user of no other test
    assert answers(stack, tokens.bearer, "/api/movies") == [200, 200]
    kept = stack.command("user-erase", "local", SUB=subject(tokens), CONFIRM="prod")
    assert kept.returncode == 2
    assert "is not erased: the identity provider's account" in kept.stdout

    for there in ("will be erased: user, sessions, refresh tokens", "is not in the tenant (any more)"):
        said = succeeded(stack.command("user-erase", "local", SUB=subject(tokens), CONFIRM="local"))
        assert there in said
        assert subject(tokens) not in said

    assert answers(stack, tokens.bearer, "/api/movies") == [401, 401]
    assert subject(tokens) not in [user["user_id"] for user in LocalTenant(stack.settings).api.get("users")]
    assert subject_hasher(place.subject_hash_key())(subject(tokens)) in said


def test_an_unreadable_list_stops_no_good_token_and_is_logged_with_every_decision(
    stack: Stack, place: Deployed
) -> None:
    begun = time.time()
    function = place.functions
    variables = function.get_function_configuration(FunctionName=place.authorizer)["Environment"]["Variables"]
    broken = {**variables, SETTING: '{"jti:'}
    function.update_function_configuration(FunctionName=place.authorizer, Environment={"Variables": broken})
    function.get_waiter("function_updated").wait(FunctionName=place.authorizer)
    version = function.publish_version(FunctionName=place.authorizer)["Version"]
    function.update_alias(FunctionName=place.authorizer, Name=LIVE, FunctionVersion=version)

    assert answers(stack, bearer(sign(stack, jti="after the list broke"))) == [200, 200]

    lines = json_lines(log_messages(stack, f"/aws/lambda/{place.authorizer}", begun))
    [line] = [entry for entry in lines if entry.get("unreadable_revocations")]
    assert (line["level"], line["decision"], line["problem"]) == ("ERROR", "allow", "REVOCATIONS is no JSON object")
    metrics = [metric["Name"] for group in line["_aws"]["CloudWatchMetrics"] for metric in group["Metrics"]]
    assert "unreadable_revocations" in metrics

    switch.let_answer(place, lambda standing: {**standing, "jti:mends the list": time.time() + HOUR})
    assert switch.listed(place).keys() == {"jti:mends the list"}


def deploy_something_else(stack: Stack, place: Deployed) -> None:
    """Change the function, and Terraform's state, as an apply of other code and another size would."""
    location = place.functions.get_function(FunctionName=f"{place.name}-devices")["Code"]["Location"]
    place.functions.update_function_code(FunctionName=place.authorizer, ZipFile=httpx.get(location, timeout=60).content)
    place.functions.get_waiter("function_updated").wait(FunctionName=place.authorizer)
    place.functions.update_function_configuration(FunctionName=place.authorizer, MemorySize=OTHER_SIZE)
    place.functions.get_waiter("function_updated").wait(FunctionName=place.authorizer)
    file = stack.settings.directory / "terraform.tfstate"
    state = json.loads(file.read_text())
    [attributes] = [
        instance["attributes"]
        for resource in state["resources"]
        for instance in resource["instances"]
        if instance["attributes"].get("function_name") == place.authorizer and resource["type"] == "aws_lambda_function"
    ]
    attributes["source_code_hash"] = "of another archive"
    file.write_text(json.dumps(state))
