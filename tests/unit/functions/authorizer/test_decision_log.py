"""A line of the log is one JSON object for any request, and a metric that CloudWatch reads."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from authorizer.decision_log import DecisionLog, decided, failed_renewal_line, refused
from authorizer.tokens import Examined

ISSUER = "https://gatehouse.eu.auth0.com/"
OUTCOME = decided("allow", "granted", {})


def line(problem: str | None = None, request_id: object = "id", **facts: Any) -> str:
    examined = Examined()
    examined.outcome = OUTCOME
    for name, value in facts.items():
        setattr(examined, name, value)
    decisions = DecisionLog(
        "gatehouse-prod-authorizer", frozenset({ISSUER}), lambda subject: f"hash-{len(subject)}", problem
    )
    return decisions.line(examined, None, request_id, 0.0015, 1_800_000_000.25)


def test_the_metric_is_the_embedded_format_of_cloudwatch() -> None:
    entry = json.loads(line())
    assert entry["_aws"]["Timestamp"] == 1_800_000_000_250
    [directive] = entry["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Gatehouse"
    assert directive["Dimensions"] == [["function", "decision"], ["function", "reason"]]
    assert entry["function"] == "gatehouse-prod-authorizer"
    for metric in directive["Metrics"]:
        assert type(entry[metric["Name"]]) in (int, float)
    assert all(type(entry[name]) is str for names in directive["Dimensions"] for name in names)


def test_an_unreadable_list_of_what_is_revoked_is_a_metric_of_its_own() -> None:
    entry = json.loads(line("the list is broken"))
    assert (entry["level"], entry["problem"], entry["unreadable_revocations"]) == ("ERROR", "the list is broken", 1)
    assert entry["_aws"]["CloudWatchMetrics"][1] == {
        "Namespace": "Gatehouse",
        "Dimensions": [["function"]],
        "Metrics": [{"Name": "unreadable_revocations", "Unit": "Count"}],
    }


def test_what_is_not_known_is_null() -> None:
    entry = json.loads(line(request_id=None))
    assert (entry["request_id"], entry["key_id"], entry["issuer"], entry["subject"]) == (None, None, None, None)


def test_a_foreign_issuer_is_left_out_and_an_unhashed_subject_is_hashed() -> None:
    entry = json.loads(line(claims={"iss": "https://other.example/", "sub": "amazon|1"}))
    assert (entry["issuer"], entry["subject"]) == (None, "hash-8")
    assert json.loads(line(claims={"iss": ISSUER, "sub": 1}))["issuer"] == ISSUER


hostile = st.recursive(
    st.one_of(st.text(max_size=20), st.none(), st.integers(), st.just('"},{"level":"FAKE'), st.just("\n{}")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(hostile, hostile, hostile)
def test_every_line_is_one_json_object(request_id: Any, issuer: Any, subject: Any) -> None:
    text = line(request_id=request_id, claims={"iss": issuer, "sub": subject})
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    entry = json.loads(text)
    assert (entry["level"], entry["decision"], entry["issuer"]) == ("INFO", "allow", None)
    assert entry["request_id"] == (request_id if isinstance(request_id, str) else None)


def test_a_failed_renewal_of_keys_is_an_error_and_a_metric() -> None:
    line = failed_renewal_line("gatehouse-prod-authorizer", 'it is "down"', 0.254, 1_800_000_000.5)
    assert line.count("\n") == 1
    entry = json.loads(line)
    assert (entry["level"], entry["problem"], entry["failed_key_renewals"]) == ("ERROR", 'it is "down"', 1)
    [directive] = entry["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [
        {"Name": "failed_key_renewals", "Unit": "Count"},
        {"Name": "keys_trusted_percent", "Unit": "Percent"},
    ]
    assert entry["keys_trusted_percent"] == 25
    assert (directive["Dimensions"], entry["function"]) == ([["function"]], "gatehouse-prod-authorizer")


def examined(outcome: str) -> Examined:
    found = Examined()
    found.outcome = outcome
    return found


def test_an_outcome_is_what_the_line_says_of_the_decision() -> None:
    decisions = DecisionLog("authorizer", frozenset(), str, None)
    details = {"connection": None, "scopes": ["a", "b"]}
    line = json.loads(decisions.line(examined(decided("deny", "unknown_connection", details)), None, None, 0, 0))
    assert {"decision": "deny", "reason": "unknown_connection", **details}.items() <= line.items()
    line = json.loads(decisions.line(examined(refused("expired")), "mend it", None, 0, 0))
    assert (line["level"], line["problem"]) == ("ERROR", "mend it")
    assert (line["decision"], line["reason"]) == ("unauthorized", "expired")
