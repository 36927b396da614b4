"""The decision about one request in four steps, and its result: an answer, a line in the log, or a 401."""

from collections.abc import Callable, Mapping
from typing import Any

from authorizer import access, decision_log, policy
from authorizer.access_model import AccessModel
from authorizer.ages import Clocks
from authorizer.errors import DefectError, EventError, RefusalError
from authorizer.jws import bearer_token
from authorizer.tokens import Examined, Verifier
from authorizer.verdicts import Judge

type Answer = dict[str, Any]

_EXITS = (KeyboardInterrupt, SystemExit)  # let these end the process; other BaseExceptions are library defects


class Unauthorized(Exception):  # noqa: N818 - API Gateway's documentation uses this name and text
    """Makes API Gateway answer 401, because the error's message is exactly this word. API Gateway does not cache it."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Handler:
    """The Lambda handler of a TOKEN authorizer.

    It returns a policy for the whole API; if the token does not grant the operation, API Gateway answers 403.
    Everything else raises Unauthorized, a 401: a bad token, a foreign event, a defect of ours, a decision that could
    not be logged. So no visitor can cause a 500, and no failure opens anything. The log's `reason` distinguishes them.
    """

    def __init__(
        self,
        verifier: Verifier,
        access_model: AccessModel,
        machine_clients: Mapping[str, str],
        *,
        function: str,
        clocks: Clocks,
        log: Callable[[str], object],
    ) -> None:
        """Take the parts of a decision.

        Args:
            verifier: verifies tokens.
            access_model: the access model.
            machine_clients: from client ID to the name of the machine client in the access model.
            function: the Lambda function's name, for the metrics.
            clocks: for the times in log lines and the duration of decisions.
            log: writes a line.
        """
        self._verifier = verifier
        self._access_model = access_model
        self._machine_clients = machine_clients
        self._judge = Judge(access_model)
        self._clocks = clocks
        self._log = log
        self._lines = decision_log.DecisionLog(
            function, verifier.expected.issuers, verifier.subject_hash, verifier.revocations.problem
        )

    def __call__(self, event: object, context: object) -> Answer:
        """Answer API Gateway's event; `context` is Lambda's. Raises Unauthorized."""
        try:
            answer = self._decide_and_log(event, context)
        except _EXITS:
            raise
        except BaseException:
            answer = None  # a decision that cannot be logged opens nothing
        if answer is None:
            # Raise outside the `except` block, because Lambda would also print the exception being handled.
            raise Unauthorized
        return answer

    def decide(self, event: object, examined: Examined) -> Answer:
        """Return the answer to an event, and record facts for the log in `examined`; raises a RefusalError."""
        # 1. Read the event: the token, and the API that the request is for.
        if not isinstance(event, dict):
            raise EventError
        token = bearer_token(event.get("authorizationToken"))
        target = policy.read_method_arn(event.get("methodArn"))

        # 2. Verify the token.
        claims = self._verifier.verify(token, examined)

        # 3. Find the scopes that the token grants, and the operations that they open.
        grant = access.grant(claims, self._access_model, self._machine_clients)
        verdict = self._judge.verdict(target, grant)
        examined.outcome = verdict.outcome

        # 4. Answer with a policy that ends when the token does. The principal is the pseudonym, because API Gateway
        # writes
        #    it to the access log, and no log identifies a person.
        ends = claims["exp"] + self._verifier.expected.leeway_seconds
        context = verdict.context | {"sub": claims["sub"]}
        return policy.answer(examined.subject_hash or "", verdict.statements, ends, context)

    def _decide_and_log(self, event: object, context: object) -> Answer | None:
        """Return the answer, or None for a 401, after writing its line to the log."""
        started = self._clocks.monotonic()
        examined = Examined()
        answer, problem = None, None
        try:
            answer = self.decide(event, examined)
        except RefusalError as refusal:
            examined.outcome, problem = decision_log.refused(refusal.reason), refusal.problem
        except _EXITS:
            raise
        except BaseException as defect:
            # Log only the class, because the text could contain the token.
            examined.outcome, problem = decision_log.refused(DefectError.reason), type(defect).__name__
        request_id = getattr(context, "aws_request_id", None)
        seconds = self._clocks.monotonic() - started
        self._log(self._lines.line(examined, problem, request_id, seconds, self._clocks.unix()))
        return answer
