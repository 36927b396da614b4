"""A function that is configured wrongly does not start, and says which setting it is without showing a value."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from authorizer.configuration import ConfigurationError, build_handler
from authorizer.handler import Handler

type Workshop = Any  # conftest.Workshop, which importlib mode keeps to itself

SECRET = "a shared secret that is long enough for HS256"
EVENT_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"


def build(settings: Mapping[str, str], rules_text: str, now: float | None = None) -> Handler:
    clock = time.time if now is None else lambda: now
    return build_handler(settings, rules_text, clock=clock, monotonic=time.monotonic, log=lambda _: None)


@pytest.fixture
def settings(workshop: Workshop) -> dict[str, str]:
    return {"ISSUER": workshop.issuer, "JWKS": workshop.jwks.decode()}


def decides(handler: Handler, token: str) -> bool:
    answer = handler({"authorizationToken": f"Bearer {token}", "methodArn": EVENT_ARN}, None)
    return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")


def test_the_issuer_and_its_keys_are_enough(settings: dict[str, str], workshop: Workshop, rules_text: str) -> None:
    assert decides(build(settings, rules_text, workshop.now), workshop.token())


@pytest.mark.parametrize(("leeway", "good"), [("0", False), ("", True), ("10", True), ("2.5", True)])
def test_the_leeway_can_be_set(
    leeway: str, good: bool, settings: dict[str, str], workshop: Workshop, rules_text: str
) -> None:
    handler = build(settings | {"LEEWAY_SECONDS": leeway}, rules_text, workshop.now)
    token = workshop.token(claims={"exp": workshop.now - 2})
    if good:
        assert decides(handler, token)
    else:
        with pytest.raises(Exception, match="Unauthorized"):
            decides(handler, token)


def test_hs256_is_chosen_by_configuration_and_then_rs256_is_refused(workshop: Workshop, rules_text: str) -> None:
    settings = {"ISSUER": workshop.issuer, "SIGNING_ALGORITHM": "HS256", "SIGNING_SECRET": SECRET}
    handler = build(settings, rules_text, workshop.now)
    assert decides(handler, workshop.join({"alg": "HS256"}, workshop.claims(), workshop.hmac(SECRET.encode())))
    with pytest.raises(Exception, match="Unauthorized"):
        decides(handler, workshop.token())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"ISSUER": ""}, "ISSUER is not set", id="no issuer"),
        pytest.param({"ISSUER": "https://x.auth0.com"}, "ISSUER has to be", id="no slash"),
        pytest.param({"ISSUER": "https://x.auth0.com/tenant"}, "ISSUER has to be", id="no slash behind a path"),
        pytest.param({"ISSUER": "http://x.auth0.com/"}, "ISSUER has to be", id="http"),
        pytest.param({"ISSUER": "x.auth0.com/"}, "ISSUER has to be", id="no scheme"),
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
        pytest.param({"SIGNING_SECRET": SECRET}, "SIGNING_SECRET is for", id="secret beside RS256"),
        pytest.param({"SIGNING_ALGORITHM": "HS256"}, "JWKS has no place", id="keys beside HS256"),
        pytest.param({"SIGNING_ALGORITHM": "HS256", "JWKS": ""}, "SIGNING_SECRET is not set", id="no secret"),
        *[
            pytest.param(
                {"SIGNING_ALGORITHM": "HS256", "JWKS": "", "SIGNING_SECRET": secret},
                "SIGNING_SECRET has to be",
                id=what,
            )
            for what, secret in {
                "a short secret": "hunter2",
                "a public key as secret": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhki\n-----END PUBLIC KEY-----",
                "a key set as secret": ' {"keys": [{"kty": "RSA", "n": "x", "e": "AQAB"}]}',
            }.items()
        ],
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(
    changes: dict[str, str], message: str, settings: dict[str, str], rules_text: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as error:
        build(settings | changes, rules_text)
    assert not any(value in str(error.value) for value in changes.values() if len(value) > 12)


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"audience": "x"})], ids=["empty", "bare", "incomplete"])
def test_rules_that_cannot_be_used_stop_the_start(text: str, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"rules\.json cannot be used"):
        build(settings, text)
