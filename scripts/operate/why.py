"""`make why`: follow one request through the gateway, the authorizer and the function, and say why it got its answer.

    make why REQUEST=<id>              the local system; the id is in an error's body and in the header x-amzn-requestid
    make why REQUEST=<id> ENV=prod     a deployed environment; SINCE=3d looks further back than a day

Exit code 2 if no log has the request.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from authorizer import errors
from scripts import deployed, environments
from scripts.build.data_files import load_apis
from scripts.build.data_files.operations import operations
from scripts.console import step
from scripts.errors import OperationError, UserError, run
from scripts.operate import logs
from scripts.operate.explain.unverified import safe
from scripts.operate.logs import Line, Logs
from scripts.since import since
from scripts.tools import ROOT

_ID = re.compile(r"[A-Za-z0-9+/=_-]{8,100}")
_PRIVATE = re.compile(r"eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*|[A-Za-z0-9-]+\|[^\s'\"]+|[A-Za-z0-9]+@clients")
"""Text that looks like a token or a `sub`."""
_AROUND = ("START RequestId:", "END RequestId:", "REPORT RequestId:")  # Lambda's lines around each invocation
_OF_LAMBDA = re.compile(r"Task timed out|Runtime exited|Runtime\.\w+|signal: killed")

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_REFUSALS = {
    "INVALID_API_KEY": "it came around the distribution, without the origin key (`make origin-key`)",
    "MISSING_AUTHENTICATION_TOKEN": "the API has no operation of this method and path",
    "RESOURCE_NOT_FOUND": "the API has no operation of this method and path",
    "BAD_REQUEST_PARAMETERS": "a parameter is not as the API's document says",
    "BAD_REQUEST_BODY": "the body is not as the API's document says",
    "THROTTLED": "more requests arrived than the stage lets through",
    "QUOTA_EXCEEDED": "the usage plan's quota is used up",
    "WAF_FILTERED": "the web ACL blocked it",
    "REQUEST_TOO_LARGE": "it is larger than API Gateway takes",
    "AUTHORIZER_FAILURE": "the authorizer ended without an answer: it could not start, or ran out of time or memory",
    "AUTHORIZER_CONFIGURATION_ERROR": "API Gateway could not use the authorizer, or its answer",
    "INTEGRATION_FAILURE": "API Gateway could not invoke the function, or the function failed",
    "INTEGRATION_TIMEOUT": "the function did not answer within API Gateway's time",
    "API_CONFIGURATION_ERROR": "API Gateway could not invoke the function: it, or Lambda's permission, is missing",
}


@dataclass(frozen=True)
class Trail:
    """The lines of one request: the gateway's, the authorizer's (None: not asked), and the function's."""

    access: Line
    decision: Line | None
    function: Sequence[Line]


def main() -> None:
    """Find the request's lines and print what happened."""
    parser = environments.parser("why", __doc__, default=environments.LOCAL)
    parser.add_argument(
        "--request", default=os.environ.get("REQUEST") or "", help="the request's id (default: REQUEST)"
    )
    parser.add_argument("--since", default=os.environ.get("SINCE") or "1d", help="default: SINCE, or the last day")
    options = parser.parse_args()
    if not _ID.fullmatch(options.request):
        raise UserError(
            "say which request: REQUEST=<id>, from `request_id` in an error's body or the header x-amzn-requestid."
        )
    begun = since(options.since, datetime.now(UTC).astimezone())
    try:
        target = deployed.find(deployed.chosen(options.environment))
        step(f"Looking for {options.request} in the logs of {target.name} since {begun:%d %b %H:%M}")
        trail = find(Logs(target), options.request, begun, target.name)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the logs: {error}.") from error
    for line in report(trail):
        print(line)


def find(read: Logs, request: str, begun: datetime, name: str) -> Trail:
    """Return the trail of a request, by any of the ids in its access line.

    Raises:
        UserError: no access log has it.
    """
    pattern = f'"{request}"'
    access = next((line for line in read.accesses(begun, pattern) if request in line.members.values()), None)
    if access is None:
        raise UserError(
            f"no access log has the request {request}; a line can take a minute to appear, SINCE= reads further back "
            "than a day, and x-amz-cf-id is another id, that of CloudFront."
        )
    asked = access.get("authorizer_request")
    decision = None
    if asked:
        lines = read.decisions(begun, f'"{asked}"')
        decision = next((line for line in lines if line.get("request_id") == asked and line.get("decision")), None)
    ids = {access.get("request_id"), access.get("integration_request")} - {None}
    api = (access.get("api") or "").removeprefix(f"{name}-")
    function = [
        line
        for one in sorted(map(str, ids))
        for line in read.of_function(api, begun, f'"{one}"')
        if one in line.text and not line.text.startswith(_AROUND)
    ]
    return Trail(access, decision, function)


def report(trail: Trail) -> Iterator[str]:
    """Yield what each part did, and the reason in a sentence."""
    access = trail.access
    operation, status = f"{access.get('method')} {access.get('path') or 'an unknown path'}", access.get("status")
    yield f"{operation} was answered {status} at {logs.shown(access.when)}, in {access.get('response_ms')} ms."
    yield f"  gateway     {access.get('refusal') or 'passed the request on'}"
    yield f"  authorizer  {_of_authorizer(trail)}"
    yield f"  function    {_of_function(trail)}"
    yield f"Why: {_why(trail)}"


def _of_authorizer(trail: Trail) -> str:
    access, decision = trail.access, trail.decision
    if decision is not None:
        who = decision.get("subject")
        problem = f"; {decision.get('problem')}" if decision.get("problem") else ""
        return f"{decision.get('decision')}, {decision.get('reason')}{f', caller {who}' if who else ''}{problem}"
    if access.get("principal"):
        of = access.get("connection") or "a machine client"
        return f"{access.get('reason_code')}, caller {access.get('principal')} of {of}, decided before and kept"
    if access.get("authorizer_status"):
        return f"answered {access.get('authorizer_status')}, and its line is not in the log"
    return "was not asked"


def _of_function(trail: Trail) -> str:
    if not trail.function:
        return "was not called"
    answered = next((line for line in trail.function if line.get("message") == "answered"), None)
    failure = _failure(trail)
    said = f"answered {answered.get('status')}" if answered else "did not answer"
    return f"{said}{f': {failure}' if failure else ''}"


def _failure(trail: Trail) -> str | None:
    """Return why the function failed: the logged reason, the last line of its exception, or Lambda's own words.

    An exception may quote data, so e-mail addresses, users and tokens in it are replaced.
    """
    for line in trail.function:
        if line.get("level") == "ERROR":
            exception = (line.get("exception") or "").strip().splitlines()
            quoted = line.get("reason") or (exception[-1] if exception else line.get("message")) or ""
            return _PRIVATE.sub("(hidden)", safe(quoted))
        if not line.members and (told := _OF_LAMBDA.search(line.text)):
            return told[0]
    return None


def _why(trail: Trail) -> str:
    access = trail.access
    status, refusal = access.get("status") or "", access.get("refusal")
    if status.startswith(("2", "3")):
        return "nothing refused it."
    if status == "401":
        return _why_unauthorized(trail)
    if status == "403" and refusal in {None, "ACCESS_DENIED"}:
        reason = access.get("reason_code") or ""
        told = errors.reasons().get(reason, "The function's own check of the scopes refused it.")
        return f"{told} {_needed(access)}".strip()
    if refusal in _REFUSALS:
        return f"{_REFUSALS[refusal]}{f': {failure}' if (failure := _failure(trail)) else ''}."
    if status.startswith("5"):
        return f"the function failed: {_failure(trail) or 'its log does not say why'}."
    return "the function answered so." if refusal is None else f"API Gateway answered so ({refusal})."


def _why_unauthorized(trail: Trail) -> str:
    if trail.decision is not None:
        reason = trail.decision.get("reason") or ""
        return errors.reasons().get(reason, reason)
    if trail.access.get("authorizer_status") is None:
        return "it carried no `Authorization: Bearer` with a signed token, so API Gateway did not ask the authorizer."
    return "the authorizer refused the token; its line is not in the log yet."


def _needed(access: Line) -> str:
    """Return the scopes that the operation needs, by this checkout's documents; empty if they lack the operation."""
    name = f"{access.get('method')} {access.get('path')}"
    for document in load_apis(ROOT / "functions").values():
        for operation in operations(document):
            if str(operation) == name and operation.any_of:
                needed = " or ".join(" and ".join(scopes) for scopes in operation.any_of)
                return f"{name} needs {needed}; this sign-in is of {access.get('connection') or 'a machine client'}."
    return ""


if __name__ == "__main__":
    run(main)
