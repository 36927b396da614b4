"""A canary of the authorizer on an emulated AWS: who gets it, how it ends, and what a killed one leaves."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scripts import republish, revocation_list
from scripts.deployed import LIVE
from scripts.operate.canary import shares, watch
from scripts.operate.revoke import switch
from tests.unit.local.aws.conftest import archive
from tests.unit.scripts.conftest import AUTHORIZER, Place

DENIES_ALL = 'def handler(event, context): raise Exception("Unauthorized")'
CALLS = 40  # with half of the calls for each version, all go to one only once in 10^12 times


@pytest.fixture
def begun() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def one_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until other hosts of API Gateway know, because the emulator has none."""
    monkeypatch.setattr(switch, "_SPREADING_SECONDS", 0)


def answers(place: Place) -> set[int]:
    """Call with a new token each time, because decisions are cached by token."""
    return {place.ask("movies", f"token-{time.monotonic_ns()}") for _ in range(CALLS)}


def sharing(place: Place, percent: float = 50) -> contextlib.AbstractContextManager[object]:
    return shares.shared(place.deployed, {place.deployed.authorizer: archive(DENIES_ALL)}, percent)


def test_only_a_share_of_the_requests_meets_the_new_code_and_nothing_of_it_stays(place: Place, begun: datetime) -> None:
    before = place.configuration(LIVE)

    with sharing(place):
        assert answers(place) == {200, 401}
        count = watch.invocations(place.deployed, place.deployed.authorizer, "2", begun)
        assert 0 < count < CALLS

    assert answers(place) == {200}
    for qualifier in (LIVE, "$LATEST"):
        after = place.configuration(qualifier)
        assert [after[name] for name in ("CodeSha256", "Description", "Environment")] == [
            before[name] for name in ("CodeSha256", "Description", "Environment")
        ]
    versions = place.deployed.functions.list_versions_by_function(FunctionName=place.deployed.authorizer)["Versions"]
    assert versions[-1]["Version"] == place.configuration(LIVE)["Version"]  # so the next plan has nothing to move


def test_a_token_revoked_meanwhile_is_refused_by_both_versions(place: Place) -> None:
    until = round(time.time()) + 3600
    with shares.shared(place.deployed, {place.deployed.authorizer: archive(AUTHORIZER + "\n")}, 99):
        switch.put_in_force(place.deployed, lambda standing: {**standing, revocation_list.named("jti", "x"): until})
        assert {place.ask("movies", "x") for _ in range(CALLS)} == {401}
        assert not shares.is_shared(place.deployed, place.deployed.authorizer)
    assert place.ask("movies", "x") == 401


def test_a_killed_canary_is_found_in_the_next_plan_and_put_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(shares, "end", lambda *_: None)
        with sharing(place):
            pass
    left = place.configuration()
    change = {"before": {"description": left["Description"], "function_name": left["FunctionName"]}}
    plan = {"resource_changes": [{"type": "aws_lambda_function", "change": change}]}
    assert list(republish.replaced(plan)) == [place.deployed.authorizer]

    republish.restore_newest(place.deployed, place.deployed.authorizer)

    assert place.configuration()["CodeSha256"] == place.configuration(LIVE)["CodeSha256"]
    assert republish.restore_newest(place.deployed, place.deployed.authorizer) is None


@pytest.fixture
def alarm(place: Place) -> Iterator[str]:
    """An alarm of the place's environment, as module alarms declares it."""
    name = f"{place.deployed.name}-movies-server-errors"
    place.aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ApiGateway",
        MetricName="5XXError",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    yield name
    place.aws.client("cloudwatch").delete_alarms(AlarmNames=[name])


def test_where_alarms_are_declared_cloudwatchs_word_counts(place: Place, alarm: str, begun: datetime) -> None:
    assert watch.alarming(place.deployed, begun) == []
    place.aws.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="five of 502")
    assert watch.alarming(place.deployed, begun) == [alarm]
