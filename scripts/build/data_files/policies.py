"""Whether the authorizer can answer by the access model: it reads it, and API Gateway takes every policy from it."""

import json
from collections.abc import Iterator
from typing import Any

from authorizer import access_model, policy
from authorizer.claims import LAST_DATE

POLICY_LIMIT = 8_192
"""Bytes of JSON. A larger answer of an authorizer is a 500 for everybody that it is about."""

# As long as one can be: the partition, the region and the stage are not known yet.
_STAGE_ARN = "arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/live"


def unanswerable(compiled: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for what in access_model.json the authorizer or API Gateway would refuse."""
    try:
        found = access_model.parse(json.dumps(compiled))
    except access_model.AccessModelError as error:
        yield f"the authorizer cannot read the access model: {error}"
        return
    table = policy.prepare(found.operations)
    for name, scopes in [*found.connections.items(), *found.machine_clients.items()]:
        size = _largest(table, scopes)
        if size > POLICY_LIMIT:
            yield (
                f"auth0/access.yaml: the policy of {name} would take up to {size} bytes, and API Gateway takes "
                f"{POLICY_LIMIT}; grant it fewer scopes, or shorten paths in openapi.yaml"
            )


def _largest(table: policy.Table, scopes: frozenset[str]) -> int:
    """Return how many bytes the policy of a token takes at most, whichever of `scopes` it has."""
    closed = tuple(spelling for closer in table.closers for spelling in closer.spellings)
    most = policy.resources(table, scopes)._replace(denied=closed)
    document = policy.answer("", _STAGE_ARN, most, LAST_DATE, {})["policyDocument"]
    return len(json.dumps(document, separators=(",", ":")))
