"""The lines of the log: each is JSON for people and queries, and a metric. Pure. Only this module makes JSON.

The metric is in CloudWatch's embedded metric format: CloudWatch Logs extracts it from the line, without a call.
"""

import json
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as quoted  # as json.dumps encodes a string
from typing import Any

from authorizer.tokens import Examined

NAMESPACE = "Gatehouse"
FUNCTION = "function"
"""The dimension of every metric; it keeps the figures of two environments in one account apart."""

_COUNTS = {"Namespace": NAMESPACE, "Dimensions": [[FUNCTION]]}
_DECISIONS = {
    "Namespace": NAMESPACE,
    "Dimensions": [[FUNCTION, "decision"], [FUNCTION, "reason"]],
    "Metrics": [{"Name": "decisions", "Unit": "Count"}, {"Name": "latency_us", "Unit": "Microseconds"}],
}
_REVOCATIONS = _COUNTS | {"Metrics": [{"Name": "unreadable_revocations", "Unit": "Count"}]}
_RENEWALS = _COUNTS | {
    "Metrics": [{"Name": "failed_key_renewals", "Unit": "Count"}, {"Name": "keys_trusted_percent", "Unit": "Percent"}]
}


def failed_renewal_line(function: str, problem: str, left: float, now: float) -> str:
    """Return the line, and the metrics, of a failed renewal of the keys at `now` (Unix time, seconds).

    `left` is the remaining share of stale-if-error, from 1 to 0; at 0 the present keys are no longer trusted.
    """
    entry = {
        "level": "ERROR",
        "message": "key renewal",
        "problem": problem,
        FUNCTION: function,
        "failed_key_renewals": 1,
        "keys_trusted_percent": round(left * 100),
        "_aws": {"Timestamp": int(now * 1_000), "CloudWatchMetrics": [_RENEWALS]},
    }
    return json.dumps(entry) + "\n"


def decided(decision: str, reason: str, details: Mapping[str, Any]) -> str:
    """Return the members of a line about a good token, as text for `DecisionLog.line`.

    `decision` is allow or deny; `reason` is one of errors.reasons(). Each verdict makes this text once.
    """
    return json.dumps({"decision": decision, "reason": reason, **details}, separators=(",", ":"))[1:-1]


def refused(reason: str) -> str:
    """Return the members of a line about a request that gets a 401, as text for `DecisionLog.line`."""
    return f'"decision":"unauthorized","reason":"{reason}"'


class DecisionLog:
    """Makes the lines of decisions as text, because a JSON encoder would take a quarter of a verification's time."""

    def __init__(
        self,
        function: str,
        issuers: frozenset[str],
        subject_hash: Callable[[str], str],
        revocations_problem: str | None,
    ) -> None:
        """Take the parts that are the same in every line.

        Args:
            function: the Lambda function's name.
            issuers: the configured issuers; a line names no others.
            subject_hash: the keyed hash of a `sub`.
            revocations_problem: why the revocation list could not be read in full, or None; every line has it.
        """
        self._issuers = {issuer: quoted(issuer) for issuer in issuers}
        self._subject_hash = subject_hash
        self._problem = revocations_problem
        directives = [_DECISIONS, _REVOCATIONS] if revocations_problem else [_DECISIONS]
        count = ',"unreadable_revocations":1' if revocations_problem else ""
        self._end = (
            f',"CloudWatchMetrics":{json.dumps(directives, separators=(",", ":"))}}},'
            f'"{FUNCTION}":{quoted(function)},"decisions":1{count}}}\n'
        )

    def line(self, examined: Examined, problem: str | None, request_id: object, seconds: float, now: float) -> str:
        """Return the line of one decision, with its newline.

        Args:
            examined: the facts known about the token; its `outcome` is text of `decided` or `refused`.
            problem: a sentence for the operator if there is something to fix.
            request_id: Lambda's; left out unless it is a string.
            seconds: how long the decision took.
            now: Unix time.
        """
        problem = self._problem or problem
        level = f'"ERROR","problem":{quoted(problem)}' if problem else '"INFO"'
        issuer, subject = None, examined.subject_hash
        if examined.claims is not None:
            issuer = examined.claims.get("iss")
            if subject is None and type(claimed := examined.claims.get("sub")) is str:
                subject = self._subject_hash(claimed)
        return (
            f'{{"level":{level},"message":"authorization",{examined.outcome},'
            f'"request_id":{quoted(request_id) if type(request_id) is str else "null"},'
            f'"key_id":{f'"{examined.key_id}"' if examined.key_id else "null"},'
            f'"issuer":{self._issuers.get(issuer, "null") if type(issuer) is str else "null"},'
            f'"subject":{f'"{subject}"' if subject else "null"},'
            f'"latency_us":{int(seconds * 1_000_000)},"_aws":{{"Timestamp":{int(now * 1_000)}{self._end}'
        )
