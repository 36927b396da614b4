"""A wrongly configured function does not start, and names the wrong setting without its value."""

import json
import re
import socket
import time
from collections.abc import Mapping
from typing import Any

import pytest

from authorizer.ages import SETTINGS
from authorizer.configuration import ConfigurationError, build_handler
from authorizer.handler import Handler
from scripts.tools import ROOT

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import

SECRET_ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse/signing-secret"
NOWHERE = "http://127.0.0.1:9/"  # nobody listens there
EVENT_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"


def build(settings: Mapping[str, str], access_model_text: str, now: float | None = None) -> Handler:
    clock = time.time if now is None else lambda: now
    return build_handler(settings, access_model_text, clock=clock, monotonic=time.monotonic, log=lambda _: None)


@pytest.fixture
def settings(workshop: Workshop) -> dict[str, str]:
    return {"ISSUERS": workshop.issuer, "JWKS": workshop.jwks.decode(), "SUBJECT_HASH_KEY": "0123456789abcdef"}


def decides(handler: Handler, token: str) -> bool:
    answer = handler({"authorizationToken": f"Bearer {token}", "methodArn": EVENT_ARN}, None)
    return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")


def test_the_issuer_its_keys_and_a_key_for_hashes_are_enough(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    assert decides(build(settings, access_model_text, workshop.now), workshop.token())


@pytest.mark.parametrize(("leeway", "good"), [("0", False), ("", True), ("10", True), ("3", True)])
def test_the_leeway_can_be_set(
    leeway: str, good: bool, settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    handler = build(settings | {"LEEWAY_SECONDS": leeway}, access_model_text, workshop.now)
    token = workshop.token(claims={"exp": workshop.now - 2})
    if good:
        assert decides(handler, token)
    else:
        with pytest.raises(Exception, match="Unauthorized"):
            decides(handler, token)


def test_a_custom_domain_of_the_tenant_is_an_issuer_too(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    handler = build(
        settings | {"ISSUERS": f"{workshop.issuer} https://login.example.com/"}, access_model_text, workshop.now
    )
    assert decides(handler, workshop.token())
    assert decides(handler, workshop.token(claims={"iss": "https://login.example.com/"}))
    with pytest.raises(Exception, match="Unauthorized"):
        decides(handler, workshop.token(claims={"iss": "https://login.example.com"}))


def test_the_clients_that_the_tenant_made_are_the_machines_of_the_rules(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    token = workshop.token(claims={"sub": "abc@clients", "azp": "abc", "gty": "client-credentials"})
    assert decides(
        build(settings | {"MACHINE_CLIENTS": '{"abc": "nightly-report"}'}, access_model_text, workshop.now), token
    )
    assert not decides(build(settings, access_model_text, workshop.now), token)


def test_hs256_is_chosen_by_configuration_and_then_rs256_is_refused(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    del settings["JWKS"]
    handler = build(settings | {"SIGNING_ALGORITHM": "HS256", "SIGNING_SECRET_ARN": SECRET_ARN}, access_model_text)
    with pytest.raises(Exception, match="Unauthorized"):
        decides(handler, workshop.token())


def test_a_secret_that_cannot_be_read_is_reported_in_the_log(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    del settings["JWKS"]
    arn = "arn:aws:s3:::no-secret"
    lines: list[str] = []
    handler = build_handler(
        settings | {"SIGNING_ALGORITHM": "HS256", "SIGNING_SECRET_ARN": arn},
        access_model_text,
        clock=time.time,
        monotonic=time.monotonic,
        log=lines.append,
    )
    with pytest.raises(Exception, match="Unauthorized"):
        decides(handler, workshop.join({"alg": "HS256"}, workshop.claims(), workshop.hmac(b"")))
    entry = json.loads(lines[0])
    assert (entry["level"], entry["reason"]) == ("ERROR", "no_signing_secret")
    assert arn in entry["problem"]


@pytest.mark.parametrize(("fetched_at", "asked"), [("2027-01-15T07:00:01Z", False), ("2027-01-15T07:00:00Z", True)])
def test_keys_that_were_fetched_an_hour_ago_are_renewed_before_the_first_decision(
    fetched_at: str, asked: bool, settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    lines: list[str] = []
    settings |= {"ISSUERS": f"{NOWHERE} {workshop.issuer}", "JWKS_FETCHED_AT": fetched_at}
    handler = build_handler(
        settings, access_model_text, clock=lambda: workshop.now, monotonic=time.monotonic, log=lines.append
    )
    assert decides(handler, workshop.token())
    assert [json.loads(line)["message"] == "key renewal" for line in lines] == [True, False][not asked :]


def test_keys_that_cannot_be_renewed_are_reported_in_the_log(
    settings: dict[str, str], workshop: Workshop, access_model_text: str
) -> None:
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as closed:
        issuer = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    handler = build_handler(
        settings | {"ISSUERS": issuer}, access_model_text, clock=time.time, monotonic=time.monotonic, log=lines.append
    )
    with pytest.raises(Exception, match="Unauthorized"):
        decides(handler, workshop.token(header={"kid": "unknown"}))
    renewal, decision = map(json.loads, lines)
    assert renewal["problem"] == "The issuer's key set could not be renewed: no document: ConnectionRefusedError."
    assert decision["reason"] == "unknown_key"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"ISSUERS": ""}, "ISSUERS is not set", id="no issuer"),
        pytest.param({"ISSUERS": "https://x.auth0.com"}, "ISSUERS has to be", id="no slash"),
        pytest.param({"ISSUERS": "https://x.auth0.com/tenant"}, "ISSUERS has to be", id="no slash behind a path"),
        pytest.param({"ISSUERS": "http://x.auth0.com/"}, "ISSUERS has to be", id="http"),
        pytest.param({"ISSUERS": "x.auth0.com/"}, "ISSUERS has to be", id="no scheme"),
        pytest.param({"JWKS": ""}, "JWKS is not set", id="no keys"),
        pytest.param({"JWKS": "{}"}, "JWKS cannot be used: not a JWK set", id="no key set"),
        pytest.param({"JWKS": '{"keys": []}'}, "JWKS cannot be used: no RSA key", id="an empty key set"),
        pytest.param({"LEEWAY_SECONDS": "soon"}, "LEEWAY_SECONDS has to be", id="leeway in words"),
        pytest.param({"LEEWAY_SECONDS": "-1"}, "LEEWAY_SECONDS has to be", id="negative leeway"),
        pytest.param({"LEEWAY_SECONDS": "nan"}, "LEEWAY_SECONDS has to be", id="leeway nan"),
        pytest.param({"LEEWAY_SECONDS": "86400"}, "LEEWAY_SECONDS has to be", id="a day of leeway"),
        pytest.param({"SIGNING_ALGORITHM": "none"}, "SIGNING_ALGORITHM has to be", id="algorithm none"),
        pytest.param({"SIGNING_ALGORITHM": "rs256"}, "SIGNING_ALGORITHM has to be", id="algorithm in small letters"),
        pytest.param({"SIGNING_ALGORITHM": "RS256,HS256"}, "SIGNING_ALGORITHM has to be", id="two algorithms"),
        pytest.param({"SIGNING_SECRET_ARN": SECRET_ARN}, "SIGNING_SECRET_ARN is for", id="secret beside RS256"),
        pytest.param({"SIGNING_ALGORITHM": "HS256"}, "JWKS is for RS256", id="keys beside HS256"),
        pytest.param({"SIGNING_ALGORITHM": "HS256", "JWKS": ""}, "SIGNING_SECRET_ARN is not set", id="no secret"),
        pytest.param({"ISSUERS": "https://a.example/  https://b.example/"}, "ISSUERS has to be", id="two spaces"),
        pytest.param({"ISSUERS": "https://a.example/,https://b.example/"}, "ISSUERS has to be", id="a comma"),
        pytest.param({"ISSUERS": "https://a.example/ http://b.example/"}, "ISSUERS has to be", id="one with http"),
        pytest.param({"LEEWAY_SECONDS": "61"}, "LEEWAY_SECONDS has to be", id="over a minute of leeway"),
        pytest.param({"LEEWAY_SECONDS": "3.5"}, "LEEWAY_SECONDS has to be", id="half a second of leeway"),
        pytest.param(
            {"STALE_IF_ERROR_SECONDS": "3600"}, "STALE_IF_ERROR_SECONDS has to be", id="stale keys for an hour"
        ),
        pytest.param({"STALE_IF_ERROR_SECONDS": "inf"}, "STALE_IF_ERROR_SECONDS has to be", id="stale keys for ever"),
        pytest.param({"JWKS_FETCHED_AT": "yesterday"}, "JWKS_FETCHED_AT has to be", id="a date in words"),
        pytest.param({"JWKS_FETCHED_AT": "1800000000"}, "JWKS_FETCHED_AT has to be", id="a date in seconds"),
        pytest.param({"JWKS_FETCHED_AT": "2027-01-15T08:00:05"}, "JWKS_FETCHED_AT has to be", id="a local date"),
        pytest.param({"JWKS_FETCHED_AT": "2027-02-29T08:00:05Z"}, "JWKS_FETCHED_AT is no", id="no date"),
        pytest.param({"SUBJECT_HASH_KEY": ""}, "SUBJECT_HASH_KEY is not set", id="no key for hashes"),
        pytest.param(
            {"SUBJECT_HASH_KEY": "0123456789abcde"}, "SUBJECT_HASH_KEY has to have", id="a short key for hashes"
        ),
        pytest.param({"SUBJECT_HASH_KEY": "k" * 65}, "SUBJECT_HASH_KEY has to have", id="a long key for hashes"),
        pytest.param({"MACHINE_CLIENTS": "{"}, "MACHINE_CLIENTS has to be", id="clients that are no JSON"),
        pytest.param({"MACHINE_CLIENTS": '["nightly-report"]'}, "MACHINE_CLIENTS has to be", id="clients as an array"),
        pytest.param({"MACHINE_CLIENTS": '{"abc": "other"}'}, "MACHINE_CLIENTS has to be", id="a client of no rule"),
        pytest.param({"MACHINE_CLIENTS": '{"abc": ["x"]}'}, "MACHINE_CLIENTS has to be", id="a client without a name"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(
    changes: dict[str, str], message: str, settings: dict[str, str], access_model_text: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as error:
        build(settings | changes, access_model_text)
    assert not any(value in str(error.value) for value in changes.values() if len(value) > 12)


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"audience": "x"})], ids=["empty", "bare", "incomplete"])
def test_rules_that_cannot_be_used_stop_the_start(text: str, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"access_model\.json cannot be used"):
        build(settings, text)


@pytest.mark.parametrize("name", SETTINGS)
def test_terraform_takes_what_the_function_takes(name: str) -> None:
    default, least, most = SETTINGS[name]
    text = (ROOT / "terraform" / "modules" / "stack" / "variables.tf").read_text(encoding="utf-8")
    variable = f"var.tokens.{name.lower()}"
    (declared,) = re.findall(rf"{name.lower()} += optional\(number, (\d+)\)", text)
    assert int(declared) == default
    assert f"{variable} >= {least} && {variable} <= {most} && floor({variable}) == {variable}" in text
