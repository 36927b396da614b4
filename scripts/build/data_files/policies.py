"""Checks that the authorizer can read the access model, and that API Gateway accepts every answer made from it."""

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from authorizer import access_model, policy
from authorizer.access import CONNECTION, MACHINE_CLIENT, Grant
from authorizer.claims import LAST_DATE, SUBJECT_LIMIT
from authorizer.verdicts import LISTED_CHARACTERS, Judge

ANSWER_LIMIT = 8_192
"""Bytes of JSON. API Gateway answers 500 if an authorizer's answer is larger."""

# The longest possible values: the partition, the region and the stage are not known yet.
_STAGE_ARN = "arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/live"
# The longest subject that the authorizer accepts, of characters that take four bytes each.
_SUBJECT = "\N{GRINNING FACE}" * SUBJECT_LIMIT
_PRINCIPAL = "0" * 32
_SENTENCE = "x" * (LISTED_CHARACTERS + 100)  # and once the name of the grantee
_ENUMERATED = 10  # scopes, which have a thousand subsets; for more, add up the sizes of all parts


def unanswerable(compiled: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each part of access_model.json that the authorizer or API Gateway would refuse."""
    try:
        found = access_model.parse(json.dumps(compiled))
    except access_model.AccessModelError as error:
        yield f"the authorizer cannot read the access model: {error}"
        return
    for api, name, size in largest_answers(found):
        if size > ANSWER_LIMIT:
            yield (
                f"functions/{api}/openapi.yaml: the authorizer's answer to {name} would take up to {size} bytes, "
                f"and API Gateway takes {ANSWER_LIMIT}; shorten the paths and the names of scopes, or make two "
                "APIs of this one"
            )


def largest_answers(found: access_model.AccessModel) -> Iterator[tuple[str, str, int]]:
    """Yield each API and grantee, with the bytes of the largest answer that the grantee can get."""
    judge = Judge(found)
    grantees = [(CONNECTION, *each) for each in found.connections.items()]
    grantees += [(MACHINE_CLIENT, *each) for each in found.machine_clients.items()]
    for api in sorted({operation.path[0] for operation in found.operations}):
        for kind, name, scopes in grantees:
            yield api, name, max(map(_size, _answers(judge, found, api, Grant(kind, name, scopes))))


def _answers(judge: Judge, found: access_model.AccessModel, api: str, granted: Grant) -> Iterator[dict[str, Any]]:
    """Yield the answer to each set of scopes that a token of the grantee can have, as large as it can get."""
    target = policy.Target(_STAGE_ARN, "abcdefghij", "live", api)
    operations = [operation for operation in found.operations if operation.path[0] == api]
    needed = {scope for operation in operations for scopes in operation.any_of for scope in scopes}
    relevant = sorted(granted.scopes & needed)
    if len(relevant) > _ENUMERATED:
        verdict = judge.verdict(target, granted)
        closed = tuple(spelling for closer in policy.prepare(operations).closers for spelling in closer.spellings)
        everything = policy.resources(policy.prepare(operations), granted.scopes)._replace(denied=closed)
        yield _answer(policy.statements(_STAGE_ARN, everything), verdict.context, granted.name)
        return
    for count in range(len(relevant) + 1):
        for chosen in combinations(relevant, count):
            verdict = judge.verdict(target, granted._replace(scopes=frozenset(chosen)))
            yield _answer(verdict.statements, verdict.context, granted.name)


def _answer(statements: policy.Statements, context: dict[str, str], name: str) -> dict[str, Any]:
    whole = context | {"sub": _SUBJECT, "reason": _SENTENCE + name}
    return policy.answer(_PRINCIPAL, statements, LAST_DATE, whole)


def _size(answer: dict[str, Any]) -> int:
    """Return the size of an answer in bytes, as Lambda's runtime client for Python serialises it."""
    return len(json.dumps(answer, ensure_ascii=False).encode())
