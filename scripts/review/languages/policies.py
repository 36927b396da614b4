"""The requests that the authorizer's answer allows, as API Gateway evaluates it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from automata.fa.dfa import DFA

from scripts.errors import OperationError
from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import matching

_ACTION = "execute-api:invoke"
_END = ("DateLessThan", "aws:CurrentTime")


class Policy:
    """The Resources that a policy document allows and denies at one time."""

    def __init__(self, document: Mapping[str, Any] | None, at: float) -> None:
        """Read a policy document, or None for a 401, at a Unix time.

        Raises:
            OperationError: the document has an element that this class cannot evaluate.
        """
        self.allowed: list[str] = []
        self.denied: list[str] = []
        for statement in _listed(document["Statement"]) if document is not None else ():
            resources = self.allowed if statement.get("Effect") == "Allow" else self.denied
            if _applies(statement, at):
                resources += _listed(statement["Resource"])

    @property
    def texts(self) -> Iterator[str]:
        """The patterns, for the alphabet."""
        yield from (*self.allowed, *self.denied)

    def requests(self, stage_arn: str, alphabet: Alphabet) -> DFA:
        """Return the requests of a stage that the policy allows: an explicit Deny wins; without an Allow, it denies.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
        """
        stage = f"{stage_arn}/"
        return matching(self.allowed, alphabet, after=stage) - matching(self.denied, alphabet, after=stage)

    def below(self, stage_arn: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the patterns without the stage's ARN, to compare policies of different stages."""
        allowed, denied = (
            tuple(sorted(resource.removeprefix(f"{stage_arn}/") for resource in resources))
            for resources in (self.allowed, self.denied)
        )
        return allowed, denied


def _applies(statement: Mapping[str, Any], at: float) -> bool:
    unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
    conditions = statement.get("Condition", {})
    until = conditions.get(_END[0], {}).get(_END[1]) if conditions.keys() <= {_END[0]} else None
    if unknown or statement.get("Effect") not in {"Allow", "Deny"} or (conditions and not isinstance(until, str)):
        raise OperationError(
            f"the authorizer answered a policy with {', '.join(sorted(unknown)) or 'another Effect or Condition'}, "
            "which we cannot evaluate; add it to scripts/review/languages/policies.py."
        )
    if not any(fnmatchcase(_ACTION, action.lower()) for action in _listed(statement["Action"])):
        return False
    return until is None or at < datetime.fromisoformat(until).timestamp()


def _listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - IAM takes one item for a list of one
    return value if isinstance(value, list) else [value]
