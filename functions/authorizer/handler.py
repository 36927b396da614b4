"""The four steps of a decision: read the token, verify it, see what it grants, answer as API Gateway wants it."""

from collections.abc import Callable, Mapping
from typing import Any

from authorizer import access, errors, policy
from authorizer.access_model import AccessModel
from authorizer.decision_log import DecisionLog
from authorizer.jws import bearer_token
from authorizer.tokens import Examined, Verifier
from authorizer.verdicts import make_judge

type Handler = Callable[[object, object], dict[str, Any]]


_ENDS = (KeyboardInterrupt, SystemExit)  # who ends the process ends it; any other BaseException is a panic of a library


class Unauthorized(Exception):  # noqa: N818 - the text, and this name beside it, is what API Gateway's documentation asks for
    """Makes API Gateway answer 401: it compares the error's message with exactly this word. Not cached."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def make_handler(
    verifier: Verifier,
    access_model: AccessModel,
    machine_clients: Mapping[str, str],
    *,
    clock: Callable[[], float],
    timer: Callable[[], float],
    log: Callable[[str], object],
) -> Handler:
    """Return the Lambda handler of a TOKEN authorizer.

    `machine_clients` maps client IDs to names in the access model; `clock` is Unix time in seconds, `timer` counts
    seconds; `log` writes a line of JSON. The handler returns a policy for the whole API: a token that does not grant an
    operation is a 403. Everything else raises Unauthorized, a 401: a bad token, a foreign event, a defect of ours, a
    decision that could not be logged. So no visitor can make it fail with a 500, and no failure opens anything; the
    log's `reason` tells them apart.
    """
    decisions = DecisionLog(verifier.expected.issuers, verifier.subject_hash, verifier.revocations.problem)
    judge = make_judge(access_model)
    leeway = verifier.expected.leeway_seconds

    def decide(event: object, examined: Examined) -> tuple[dict[str, Any], str]:
        """Return the answer and what the log tells of it."""
        if not isinstance(event, dict):
            raise errors.EventError
        token = bearer_token(event.get("authorizationToken"))
        arn, api, stage = policy.stage_of(event.get("methodArn"))
        claims = verifier.verify(token, examined)
        found, context, log_members = judge(access.grant(claims, access_model, machine_clients))
        principal = examined.subject_hash or ""  # not `sub`: API Gateway's access log has it, and no log names a person
        told = context | {"sub": claims["sub"]}
        answer = policy.answer(principal, arn, found, claims["exp"] + leeway, told)
        return answer, f'{log_members}"api":"{api}","stage":"{stage}",'

    def handle(event: object, context: object) -> dict[str, Any]:
        answer, problem = None, None
        try:
            started = timer()
            examined = Examined()
            try:
                answer, members = decide(event, examined)
            except errors.RefusalError as refusal:
                members, problem = _refused(refusal.reason), refusal.problem
            except _ENDS:
                raise
            except BaseException as defect:
                # The class tells enough to look for it, the text could hold the token.
                members, problem = _refused(errors.DefectError.reason), type(defect).__name__
            request_id = getattr(context, "aws_request_id", None)
            log(decisions.line(members, examined, problem, request_id, timer() - started, clock()))
        except _ENDS:
            raise
        except BaseException:
            answer = None  # what cannot be logged is not allowed
        if answer is None:
            raise Unauthorized  # here, because an exception that is raised while another is handled shows that one too
        return answer

    return handle


def _refused(reason: str) -> str:
    return f'"decision":"unauthorized","reason":"{reason}",'
