"""`make denials`: count who was refused, by what and why, and show which requests failed.

    make denials                        the last hour of the local system
    make denials ENV=prod SINCE=10:00   since ten o'clock; also 15m, 2h, 1d or a date and time

It reads the access logs of the APIs and the authorizer's decisions. It names a caller by the pseudonym in these logs:
the keyed hash of a `sub`, which `make revoke SUBJECT_HASH=` takes.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from authorizer import errors
from scripts import deployed, environments
from scripts.console import step
from scripts.errors import OperationError, run
from scripts.operate import logs
from scripts.operate.logs import Line, Logs
from scripts.since import since

NOT_ASKED = "no_token"
"""The reason of a 401 that API Gateway gave without the authorizer."""

_SENTENCES = {
    **errors.reasons(),
    NOT_ASKED: "No `Authorization: Bearer` with a signed token: API Gateway did not ask the authorizer.",
    "INVALID_API_KEY": "The request came around the distribution, without the origin key.",
    "THROTTLED": "More requests arrived than the stage lets through.",
    "not_logged": "The authorizer's line is not in the log yet, or was written before SINCE.",
}
_REFUSED = '{ ($.status = "4*") || ($.status = "5*") }'
_MOST_CALLERS = 20
_MOST_FAILURES = 10
_DOMINANT = 0.8  # from this share on, the summary names the one caller


@dataclass(frozen=True)
class Refusal:
    """One request that got 401, 403 or 429."""

    when: float
    status: str
    operation: str
    reason: str
    caller: str | None  # a pseudonym; None if the token names no user or its signature is bad
    grantee: str | None  # the connection or the machine client


def main() -> None:
    """Read the logs and print the tables."""
    parser = environments.parser("denials", __doc__, default=environments.LOCAL)
    parser.add_argument("--since", default=os.environ.get("SINCE") or "1h", help="default: SINCE, or the last hour")
    options = parser.parse_args()
    begun = since(options.since, datetime.now(UTC).astimezone())
    try:
        target = deployed.find(deployed.chosen(options.environment))
        step(f"Reading the logs of {target.name} since {begun:%d %b %H:%M:%S}")
        read = Logs(target)
        accesses = list(read.accesses(begun, _REFUSED))
        decisions = list(read.decisions(begun, '{ $.decision = "unauthorized" }'))
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the logs: {error}.") from error
    for line in report(refusals(accesses, decisions), failures(accesses)):
        print(line)


def refusals(accesses: Sequence[Line], decisions: Sequence[Line]) -> list[Refusal]:
    """Return the refused requests, from the lines of the access logs and of the authorizer's log."""
    by_id = {line.get("request_id"): line for line in decisions if line.get("decision") == "unauthorized"}
    return [
        _refusal(line, by_id.get(line.get("authorizer_request")))
        for line in accesses
        if line.get("status") in {"401", "403", "429"}
    ]


def failures(accesses: Sequence[Line]) -> list[Line]:
    """Return the lines of the requests that got 5xx, the latest last."""
    failed = (line for line in accesses if (line.get("status") or "").startswith("5"))
    return sorted(failed, key=lambda line: line.when)


def report(refused: Sequence[Refusal], failed: Sequence[Line]) -> Iterator[str]:
    """Yield the lines of the report."""
    if not refused:
        yield "Nobody was refused."
    else:
        yield from _counted("by operation", Counter(f"{each.status}  {each.operation}" for each in refused))
        reasons = Counter((each.status, each.reason) for each in refused)
        width = max(len(reason) for _, reason in reasons)
        told = {key: f"{key[0]}  {key[1].ljust(width)}  {_SENTENCES.get(key[1], '')}".rstrip() for key in reasons}
        yield from _counted("by reason", Counter({told[key]: count for key, count in reasons.items()}))
        yield from _by_caller(refused)
        yield _story(refused)
    if failed:
        yield ""
        yield f"{len(failed)} requests failed; `make why REQUEST=<id>` says why:"
        for line in failed[-_MOST_FAILURES:]:
            operation = f"{line.get('method')} {line.get('path')}"
            yield f"  {logs.shown(line.when)}  {line.get('status')}  {operation}  {line.get('request_id')}"


def _refusal(line: Line, decision: Line | None) -> Refusal:
    status, refusal = line.get("status") or "", line.get("refusal")
    if status == "401":
        asked = line.get("authorizer_status") is not None
        reason = (decision.get("reason") if decision else "not_logged") if asked else NOT_ASKED
    elif refusal in {None, "ACCESS_DENIED"}:
        reason = line.get("reason_code") or "insufficient_scope"  # None: the function's guard refused
    else:
        reason = refusal
    known = decision or line
    return Refusal(
        line.when,
        status,
        f"{line.get('method')} {line.get('path') or 'an unknown path'}",
        reason or "not_logged",
        (decision.get("subject") if decision else line.get("principal")) or None,
        known.get("connection") or known.get("machine_client"),
    )


def _counted(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield title
    for text, count in Counter(counts).most_common():
        yield f"  {count:6}  {text}"
    yield ""


def _by_caller(refused: Sequence[Refusal]) -> Iterator[str]:
    by_caller: dict[tuple[str | None, str | None], list[Refusal]] = {}
    for each in refused:
        by_caller.setdefault((each.caller, each.grantee), []).append(each)
    ordered = sorted(by_caller.items(), key=lambda item: -len(item[1]))
    yield "by caller"
    for (caller, grantee), own in ordered[:_MOST_CALLERS]:
        reasons = ", ".join(f"{reason} {count}" for reason, count in Counter(each.reason for each in own).most_common())
        span = f"{logs.shown(min(each.when for each in own))} to {logs.shown(max(each.when for each in own))}"
        who = (caller or "nobody that a token names").ljust(32)
        yield f"  {len(own):6}  {who}  {(grantee or logs.NONE).ljust(14)}  {span}  {reasons}"
    if len(ordered) > _MOST_CALLERS:
        yield f"          and {len(ordered) - _MOST_CALLERS} more"
    yield ""


def _story(refused: Sequence[Refusal]) -> str:
    """Return one sentence: what the counts suggest."""
    total = len(refused)
    caller, most = Counter(each.caller for each in refused).most_common(1)[0]
    people = len({each.caller for each in refused if each.caller})
    if most < _DOMINANT * total:
        return f"{total} refusals, of {people} callers that can be named: so many are a fault of ours or of Auth0's."
    if caller is None:
        return f"{most} of {total} refusals name nobody: a page before its sign-in, a probe, a scanner or an attacker."
    return (
        f"{most} of {total} refusals are of one caller: `make explain` judges its token, "
        f"`make revoke SUBJECT_HASH={caller}` refuses it everywhere."
    )


if __name__ == "__main__":
    run(main)
