"""The four steps of a decision: read the token, verify it, see what it grants, answer as API Gateway wants it."""

from collections.abc import Callable, Mapping
from typing import Any

from authorizer import access, errors, policy
from authorizer.decision_log import DecisionLog, Outcome, Subject
from authorizer.jws import bearer_token
from authorizer.rules import Rules
from authorizer.tokens import Examined, Verifier

type Handler = Callable[[object, object], dict[str, Any]]


class Unauthorized(Exception):  # noqa: N818 - the text, and this name beside it, is what API Gateway's documentation asks for
    """Makes API Gateway answer 401: it compares the error's message with exactly this word. Not cached."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def make_handler(
    verifier: Verifier,
    rules: Rules,
    machine_clients: Mapping[str, str],
    *,
    clock: Callable[[], float],
    timer: Callable[[], float],
    log: Callable[[str], object],
) -> Handler:
    """Return the Lambda handler of a TOKEN authorizer.

    `machine_clients` maps client IDs to names in the rules; `clock` is Unix time in seconds, `timer` counts seconds;
    `log` writes a line of JSON. The handler returns a policy for the whole API: a token that does not grant an
    operation is a 403. Everything else raises Unauthorized, a 401: a bad token, a foreign event, a defect of ours, a
    decision that could not be logged. So no visitor can make it fail with a 500, and no failure opens anything; the
    log's `reason` tells them apart.
    """
    decisions = DecisionLog(verifier.revocations.problem)
    table = policy.prepare(rules.operations)

    def decide(event: object, examined: Examined) -> tuple[dict[str, Any], Outcome]:
        if not isinstance(event, dict):
            raise errors.EventError
        claims = verifier.verify(bearer_token(event.get("authorizationToken")), examined)
        stage = policy.stage_of(event.get("methodArn"))
        grant = access.grant(claims, rules, machine_clients)
        found = policy.resources(table, grant.scopes)
        scopes = tuple(sorted(grant.scopes))
        decision, reason = _verdict(grant, found, claims)
        answer = policy.answer(
            principal=examined.subject_hash or "",  # the access log has it, and no log names a person
            stage=stage,
            found=found,
            expires_at=claims["exp"] + verifier.expected.leeway_seconds,
            context={
                "sub": claims["sub"],
                "scope": " ".join(scopes),
                "connection": grant.connection,
                "reason": _sentence(grant, scopes),
                "reason_code": reason,
            },
        )
        outcome = Outcome(
            decision, reason, "INFO", None, stage.api, stage.stage, grant.connection, grant.machine_client, scopes
        )
        return answer, outcome

    def handle(event: object, context: object) -> dict[str, Any]:
        answer: dict[str, Any] | None = None
        try:
            started = timer()
            examined = Examined()
            try:
                answer, outcome = decide(event, examined)
            except errors.RefusalError as refusal:
                outcome = _refused(refusal)
            except (KeyboardInterrupt, SystemExit):
                raise
            except (
                BaseException
            ) as defect:  # a panic of a native library is no Exception; its text could hold the token
                outcome = _refused(errors.DefectError(type(defect).__name__))
            subject = _subject(verifier, examined)
            request_id = getattr(context, "aws_request_id", None)
            log(decisions.line(outcome, subject, request_id, (timer() - started) * 1_000, clock()))
        except Exception:
            answer = None  # what cannot be logged is not allowed
        if answer is None:
            raise Unauthorized  # here, because an exception that is raised while another is handled shows that one too
        return answer

    return handle


def _verdict(grant: access.Grant, found: policy.Resources, claims: Mapping[str, Any]) -> tuple[str, str]:
    """Return the decision and its reason code, for a token that is good."""
    if found.allowed:
        return "allow", errors.GRANTED if found.is_everything else errors.GRANTED_IN_PART
    if grant.connection or grant.machine_client:
        return "deny", errors.INSUFFICIENT_SCOPE
    return "deny", errors.UNKNOWN_CLIENT if access.is_machine(claims) else errors.UNKNOWN_CONNECTION


def _sentence(grant: access.Grant, scopes: tuple[str, ...]) -> str:
    """Return why the operations that the policy does not allow are not allowed, for the 403 answer's template."""
    if scopes:
        return f"This sign-in grants {' '.join(scopes)} only."
    if grant.connection:
        return f"This token grants none of the scopes that the connection {grant.connection} may have."
    if grant.machine_client:
        return f"This token grants none of the scopes that the application {grant.machine_client} may have."
    return "This token's connection grants no access."


def _refused(refusal: errors.RefusalError) -> Outcome:
    problem = refusal.value if refusal.level == "ERROR" and isinstance(refusal.value, str) else None
    return Outcome("unauthorized", refusal.reason, refusal.level, problem)


def _subject(verifier: Verifier, examined: Examined) -> Subject:
    """Return whose token it was, or claimed to be, in what is safe to write: known names and a hash."""
    claims, subject_hash = examined.claims or {}, examined.subject_hash
    issuer, subject = claims.get("iss"), claims.get("sub")
    if type(issuer) is not str or issuer not in verifier.expected.issuers:
        issuer = None
    if subject_hash is None and type(subject) is str:
        subject_hash = verifier.subject_hash(subject)
    return Subject(examined.key_id, issuer, subject_hash)
