"""The alarms' thresholds against the authorizer's real log lines: a fault triggers its alarm, a normal day none.

The authorizer is the real one, on a clock that the test moves; its issuer's key set does not answer.
"""

import contextlib
import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from authorizer import errors
from authorizer.configuration import build_handler
from authorizer.handler import Unauthorized
from scripts.hostile_tokens.case import Setup
from scripts.hostile_tokens.jose import compose, mac, public_jwk, rsa
from scripts.hostile_tokens.scenario import REVOKED, Scenario, find_target, new_key
from scripts.operate.canary.cloudwatch import Alarm, Samples, alarms_on, declared, embedded, gateway
from scripts.tools import ROOT
from tests.unit.functions.authorizer.hostile import ACCESS_MODEL, LEEWAY, NOW, configured

ALARMS = declared()
FUNCTION = "gatehouse-test-authorizer"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
RUNBOOKS = ROOT / "docs" / "runbooks"


class Authorizer:
    """A container of the authorizer that starts at a given time, on a clock that the test moves."""

    def __init__(self, scenario: Scenario, setup: Setup = Setup.ANY, start: float = NOW, **settings: str) -> None:
        environment, access_model = configured(scenario, setup, lasts_seconds=2 * DAY)
        self.scenario, self.now, self.lines = scenario, start, list[str]()
        self._handle = build_handler(
            environment | {"AWS_LAMBDA_FUNCTION_NAME": FUNCTION} | settings,
            json.dumps(access_model),
            clock=lambda: self.now,
            monotonic=lambda: self.now,
            log=self.lines.append,
        )

    def ask(self, token: str, times: int = 1) -> None:
        """Send a token so many times, a second apart."""
        for _ in range(times):
            self.send(self.scenario.event(f"Bearer {token}"))
            self.now += 1

    def send(self, event: object) -> None:
        """Send one event, and ignore the answer."""
        with contextlib.suppress(Unauthorized):
            self._handle(event, None)


def alarming(lines: list[str]) -> dict[str, float]:
    """Return the alarms that lines trigger, each with the seconds from the start until it first goes off."""
    return first_crossings(alarms_on("authorizer", {"function": FUNCTION}), embedded(map(json.loads, lines)))


def first_crossings(alarms: Mapping[str, Alarm], samples: Samples) -> dict[str, float]:
    found = {name: alarm.crossings(samples) for name, alarm in alarms.items()}
    return {name: ends[0] - NOW for name, ends in found.items() if ends}


def token(scenario: Scenario, key: RSAPrivateKey | None = None, kid: str | None = None, **claims: object) -> str:
    """Sign a good token that lasts for days, with some claims changed."""
    header = scenario.header() | ({"kid": kid} if kid else {})
    return compose(header, scenario.claims() | {"exp": NOW + 4 * DAY} | claims, rsa(key or scenario.signing_key))


@pytest.fixture(scope="module")
def scenario() -> Iterator[Scenario]:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # nothing listens there, so that every download fails at once
        keys = [new_key(), new_key()]
        yield Scenario(
            issuer=f"http://localhost:{reserved.getsockname()[1]}/",
            audience=ACCESS_MODEL["audience"],
            client_id="s1ngl3P4geAppl1cat10n",
            target=find_target(ACCESS_MODEL),
            now=NOW,
            leeway=LEEWAY,
            key_set=[{**public_jwk(key.public_key()), "kid": f"key-{number}"} for number, key in enumerate(keys)],
            key=keys[0],
            other_key=keys[1],
        )


def test_a_normal_day_sets_no_alarm_off(scenario: Scenario) -> None:
    """A busy day: expired tokens, visitors without the scope, a scanner, a revoked user, an unreachable key set."""
    good, revoked = token(scenario), token(scenario, sub=f"{scenario.target.connection}|{REVOKED}")
    denied, expired = token(scenario, sub=f"{scenario.target.foreign_connection}|2"), token(scenario, exp=NOW - HOUR)
    forged, unknown = token(scenario, scenario.attacker_key), token(scenario, kid="of-a-scanner")
    lines: list[str] = []
    for start in range(NOW, NOW + DAY, 70 * MINUTE):  # each container ends after two failed attempts to renew its keys
        container = Authorizer(scenario, Setup.REVOKED, start)
        for five_minutes in range(14):
            container.now = start + five_minutes * 5 * MINUTE
            for sent, times in ((good, 5), (denied, 2), (expired, 3), (revoked, 1), (forged, 1), ("e30.e30.e30", 1)):
                container.ask(sent, times)
        container.ask(unknown)
        lines += container.lines
    assert len(lines) > 3_000
    assert {"failed_key_renewals" in line for line in lines} == {True, False}
    assert alarming(lines) == {}


BAD_TOKENS: dict[str, tuple[Setup, Callable[[Scenario], str]]] = {
    "denials-expired": (Setup.ANY, lambda s: token(s, exp=NOW - HOUR)),
    "denials-insufficient_scope": (Setup.ANY, lambda s: token(s, scope="openid")),
    "denials-bad_signature": (Setup.ANY, lambda s: token(s, s.attacker_key)),
    "denials-unknown_key": (Setup.ANY, lambda s: token(s, kid="rotated-an-hour-ago")),
    "denials-unknown_connection": (Setup.ANY, lambda s: token(s, sub="facebook|1")),
    "denials-unknown_client": (
        Setup.ANY,
        lambda s: token(s, sub="n0b0dy@clients", azp="n0b0dy", gty="client-credentials"),
    ),
    "denials-revoked": (Setup.REVOKED, lambda s: token(s, sub=f"{s.target.connection}|{REVOKED}")),
}
"""For each reason with its own alarm: a token that is refused for it."""


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_spike_of_one_reason_sets_its_alarm_off_and_no_other(scenario: Scenario, name: str) -> None:
    setup, make = BAD_TOKENS[name]
    threshold = ALARMS["denials"]["thresholds"][name.removeprefix("denials-")]
    spike, below = Authorizer(scenario, setup), Authorizer(scenario, setup)
    spike.ask(make(scenario), threshold)
    below.ask(make(scenario), threshold - 1)
    assert alarming(spike.lines) == {name: 5 * MINUTE}
    assert alarming(below.lines) == {}


def test_refusals_of_all_reasons_together_have_an_alarm_too(scenario: Scenario) -> None:
    container = Authorizer(scenario)
    for _ in range(100):
        container.now = NOW
        for sent in (
            "e30.e30.e30",
            "a.b.c",
            "",
            token(scenario, aud="https://other"),
            token(scenario, iss="https://x/"),
        ):
            container.ask(sent)
    assert alarming(container.lines) == {"refusals": 5 * MINUTE}


WRONG_EVENTS: dict[str, object] = {
    "authorizer-bad_event": "no event",
    "authorizer-bad_method_arn": {"methodArn": "arn:aws:lambda:somewhere"},
    "authorizer-unknown_api": {"methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/nothing"},
}


@pytest.mark.parametrize("name", WRONG_EVENTS)
def test_one_event_that_only_a_wrong_deployment_sends_is_enough(scenario: Scenario, name: str) -> None:
    container, wrong = Authorizer(scenario), WRONG_EVENTS[name]
    container.send(scenario.event(f"Bearer {token(scenario)}") | wrong if isinstance(wrong, dict) else wrong)
    assert alarming(container.lines) == {name: 5 * MINUTE}


def test_one_defect_is_enough(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    container = Authorizer(scenario)
    monkeypatch.setattr("authorizer.policy.answer", lambda *_: 1 / 0)
    container.ask(token(scenario))
    assert alarming(container.lines) == {"authorizer-defect": 5 * MINUTE}


def test_an_issuer_that_is_out_of_reach_wakes_somebody_long_before_anybody_is_refused(scenario: Scenario) -> None:
    container, good = Authorizer(scenario), token(scenario)
    while container.now < NOW + DAY + HOUR:
        container.ask(good)
        container.now += 2 * MINUTE
    found = alarming(container.lines)
    assert found.keys() == {"key-renewals", "keys-expiring", "no-keys-keys_too_old"}
    assert HOUR < found["key-renewals"] <= HOUR + 20 * MINUTE, "the keys are stale after an hour"
    assert 17.8 * HOUR <= found["keys-expiring"] <= 18 * HOUR + 15 * MINUTE, "a quarter of a day is left"
    assert DAY < found["no-keys-keys_too_old"] <= DAY + 10 * MINUTE


def test_a_secret_that_cannot_be_loaded_is_an_alarm_at_once(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    container = Authorizer(scenario, Setup.SHARED_SECRET)
    header = {"alg": "HS256", "typ": "JWT"}
    container.ask(compose(header, scenario.claims(), mac(b"any secret")))
    assert alarming(container.lines) == {"no-keys-no_signing_secret": 5 * MINUTE}


def test_a_list_of_revocations_that_cannot_be_read_is_an_alarm_at_the_next_decision(scenario: Scenario) -> None:
    container = Authorizer(scenario, REVOCATIONS='{"jti:')
    container.ask(token(scenario))
    assert alarming(container.lines) == {"revocation-list": 5 * MINUTE}


API = "gatehouse-test-movies"
TERRAFORM = ROOT / "terraform" / "modules"


def accesses(status: str, response_ms: int, count: int, start: int = NOW) -> list[dict[str, str]]:
    """Return lines of an access log as the stage writes them, two seconds apart."""
    moments = (datetime.fromtimestamp(start + 2 * number, UTC) for number in range(count))
    return [
        {"api": API, "status": status, "response_ms": str(response_ms), "time": f"{moment:%d/%b/%Y:%H:%M:%S %z}"}
        for moment in moments
    ]


def alarming_api(lines: list[dict[str, str]]) -> dict[str, float]:
    return first_crossings(alarms_on("api", {"ApiName": API, "Stage": "live"}), gateway(lines))


def test_an_api_that_is_slow_for_a_quarter_of_an_hour_wakes_somebody_and_one_slow_minute_does_not() -> None:
    quick, slow = accesses("200", 40, 600), accesses("200", 3_500, 30)
    assert alarming_api(quick + slow) == {}
    slow_for_long = [line for start in range(3) for line in accesses("200", 3_500, 3, NOW + start * 5 * MINUTE)]
    assert alarming_api(quick + slow_for_long) == {"latency": 15 * MINUTE}


def test_throttled_requests_are_counted_from_the_access_log() -> None:
    assert alarming_api(accesses("200", 40, 150) + accesses("429", 1, 20)) == {"throttled-requests": 5 * MINUTE}
    assert alarming_api(accesses("200", 40, 150) + accesses("429", 1, 19)) == {}
    counted = (TERRAFORM / "monitoring" / "alarms.tf").read_text(encoding="utf-8")
    assert 'pattern        = "{ $.status = \\"429\\" }"' in counted
    assert 'dimensions = { api = "$.api" }' in counted
    written = (TERRAFORM / "rest_api" / "api.tf").read_text(encoding="utf-8")
    assert re.search(r"^    api +  ?= var\.name", written, re.MULTILINE)
    assert re.search(r'^    status +  ?= "\$context\.status"', written, re.MULTILINE)


def test_five_failures_are_an_alarm_and_four_are_not() -> None:
    assert alarming_api(accesses("200", 40, 100) + accesses("502", 40, 5)) == {"server-errors": 5 * MINUTE}
    assert alarming_api(accesses("200", 40, 100) + accesses("502", 40, 4)) == {}


def test_every_alarm_on_the_authorizer_and_the_apis_is_driven_here() -> None:
    driven = {*BAD_TOKENS, *WRONG_EVENTS, "refusals", "authorizer-defect", "key-renewals", "keys-expiring"}
    driven |= {"no-keys-keys_too_old", "no-keys-no_signing_secret", "revocation-list"}
    assert driven == alarms_on("authorizer", {}).keys()
    assert alarms_on("api", {}).keys() == {"server-errors", "latency", "throttled-requests"}
    # No line here feeds the metrics of Lambda and CloudFront.
    assert {name for name, alarm in ALARMS.items() if alarm["each"] in {"function", "site"}} == {
        *("throttles", "client-errors", "edge-errors")
    }


def test_every_reason_that_an_alarm_names_is_one_of_the_authorizers() -> None:
    named = {reason for alarm in ALARMS.values() for reason in alarm.get("thresholds", {})}
    assert named <= errors.reasons().keys()


def test_every_alarm_names_its_first_step_and_a_page_and_every_page_belongs_to_an_alarm() -> None:
    for name, alarm in ALARMS.items():
        page = (RUNBOOKS / f"{alarm['runbook']}.md").read_text(encoding="utf-8")
        assert f"`{name}`" in page, f"docs/runbooks/{alarm['runbook']}.md does not say what {name} means"
        for heading in ("## Meaning", "## Look", "## Act", "## Over"):
            assert f"\n{heading}\n" in page, f"{alarm['runbook']}: {heading}"
        assert alarm["meaning"].endswith(".")
        assert alarm["first_step"].endswith(".")
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == {alarm["runbook"] for alarm in ALARMS.values()} | {"budget"}
    for page in pages:
        assert f"({page}.md)" in (RUNBOOKS / "README.md").read_text(encoding="utf-8")


def test_no_alarm_watches_the_errors_of_a_function() -> None:
    assert not [name for name, alarm in ALARMS.items() if alarm["metric"] == "Errors"]
