"""An evaluator of IAM policies, independent of the code that writes them, and a plain router.

It knows the elements that the authorizer's policies may have, and raises for any other, so that no policy passes only
because the evaluator did not understand it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_STATEMENT = {"Effect", "Action", "Resource"}


def allows(document: Mapping[str, Any], arn: str, now: float) -> bool:
    """Return whether a policy allows a caller to invoke a method at `now` (Unix time): an Allow matches, no Deny."""
    assert document["Version"] == "2012-10-17"
    assert document["Statement"], "a policy without a statement is invalid"
    effects = {statement["Effect"] for statement in document["Statement"] if _applies(statement, arn, now)}
    assert effects <= {"Allow", "Deny"}
    return effects == {"Allow"}


def routed(method: str, path: str, operations: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the operation, method and path, that API Gateway sends a request to, or None for its own 404.

    It walks a tree of resources, at each level the literal child first, then the parameter; a slash at the end of a
    request changes nothing.
    """
    tree: dict[str, Any] = {}
    for operation in operations:
        if operation[0] == method:
            node = tree
            for segment in operation[1].removeprefix("/").split("/"):
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node[""] = operation
    return _walk(tree, path.removeprefix("/").removesuffix("/").split("/"))


def _walk(node: dict[str, Any], segments: list[str]) -> tuple[str, str] | None:
    if not segments:
        return node.get("")
    for child in (segments[0], "{}"):
        if segments[0] and child in node and (found := _walk(node[child], segments[1:])):
            return found
    return None


def _applies(statement: Mapping[str, Any], arn: str, now: float) -> bool:
    assert statement.keys() - {"Condition"} == _STATEMENT, statement
    return (
        any(_matches(pattern, "execute-api:Invoke") for pattern in _list(statement["Action"]))
        and any(_matches(pattern, arn) for pattern in _list(statement["Resource"]))
        and _conditions_hold(statement.get("Condition", {}), now)
    )


def _conditions_hold(conditions: Mapping[str, Any], now: float) -> bool:
    for operator, keys in conditions.items():
        assert operator == "DateLessThan", f"an operator that this evaluator does not know: {operator}"
        assert keys.keys() == {"aws:CurrentTime"}
        assert _DATE.fullmatch(keys["aws:CurrentTime"]), "the documented form of a date is ISO 8601"
        if not now < datetime.fromisoformat(keys["aws:CurrentTime"]).timestamp():
            return False
    return True


def _matches(pattern: str, text: str) -> bool:
    return _expression(pattern).fullmatch(text) is not None


@functools.cache
def _expression(pattern: str) -> re.Pattern[str]:
    """`*` matches any characters, also slashes and none; `?` matches one; all others match themselves, with case."""
    parts = ({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile("".join(parts), re.DOTALL)


def _list(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
