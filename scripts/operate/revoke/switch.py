"""Puts a revocation list in force: writes it, publishes a version, points the alias at it, and flushes the caches.

Each step reads the present state first, so the next run completes an interrupted one. Concurrent operators lose
nothing: each write names the revision that it is based on (`RevisionId`), and is repeated if that has changed.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from scripts import republish
from scripts.console import detail
from scripts.deployed import ALONE, LIVE, Deployed
from scripts.errors import OperationError
from scripts.revocation_list import SETTING, Entries, read, write

_ATTEMPTS = 8
_SPREADING_SECONDS = 3  # until every host of Lambda and API Gateway knows; AWS gives no figure
_ANOTHER_WAS_FIRST = {"PreconditionFailedException", "ResourceConflictException"}

type Change = Callable[[Entries], Entries]
"""From the present entries to the wanted ones; called again if another operator wrote first."""


def listed(deployed: Deployed) -> Entries:
    """Return the entries of the authorizer's live version."""
    return deployed.revoked(LIVE)


def known_keys(deployed: Deployed) -> frozenset[str]:
    """Return the `kid` of each key that the authorizer was deployed with; none for HS256, which has a secret."""
    keys = json.loads(settings(deployed).get("JWKS") or '{"keys": []}')["keys"]
    return frozenset(key["kid"] for key in keys if "kid" in key)


def settings(deployed: Deployed) -> Mapping[str, str]:
    """Return the settings of the authorizer's live version."""
    return republish.variables(deployed.configuration(LIVE))


def put_in_force(deployed: Deployed, change: Change) -> None:
    """Change the list, and return once no request can be answered by the older list.

    Raises:
        UserError: the list is full.
        OperationError: AWS refused or failed; the same command, run again, completes the change.
    """
    let_answer(deployed, change)
    forget_decisions(deployed)
    if write(change(standing := listed(deployed))) != write(standing):
        raise OperationError("somebody undid this meanwhile, perhaps an apply; run the same command again.")


def let_answer(deployed: Deployed, change: Change) -> None:
    """Change the list, and let a version with the new list answer; raises what `put_in_force` raises.

    This is enough to take an entry back, because API Gateway caches no 401.
    """
    version = _attempt(lambda: _publish(deployed, change))
    before = _attempt(lambda: _move_alias(deployed, version))
    detail(f"version {version} of {deployed.authorizer} answers" + (f", after {before}" if before != version else ""))


def forget_decisions(deployed: Deployed) -> None:
    """Empty the caches of every API that uses the authorizer, so that the live version is asked again."""
    stages = list(_stages(deployed))
    if not stages:
        raise OperationError(
            f"no API whose name begins with {deployed.name}- invokes {deployed.authorizer}, so no cache was emptied; "
            "cached decisions stay valid for up to five minutes."
        )
    _flush(deployed, stages)
    # An invocation of the previous version may still run, and API Gateway would cache its decision after this flush.
    seconds = deployed.configuration(LIVE)["Timeout"] + _SPREADING_SECONDS
    detail(f"flushed the decisions kept for {', '.join(api for api, _, _ in stages)}; again in {seconds} s")
    time.sleep(seconds)
    _flush(deployed, stages)


def _publish(deployed: Deployed, change: Change) -> str:
    """Write the changed list, and return a version that holds it and has the live code."""
    republish.restore_newest(deployed, deployed.authorizer)
    configuration = republish.settled(deployed, deployed.authorizer)
    variables = republish.variables(configuration)
    entries, problem = read(variables.get(SETTING), time.time())
    text = write(change(entries))
    if problem:
        detail(f"{problem}: the unreadable entries are left out from now on")
    live = deployed.configuration(LIVE)
    if _apart_from_the_list(live) != _apart_from_the_list(configuration):
        # After a rollback or an interrupted apply, the newest code is not the live code, and must not begin to answer.
        return republish.with_list(deployed, str(live["Version"]), text)
    if text != variables.get(SETTING):
        configuration = republish.write_list(deployed, configuration, text)
    if republish.variables(live) == republish.variables(configuration):
        return str(live["Version"])
    return republish.publish(deployed, configuration)


def _apart_from_the_list(configuration: Mapping[str, Any]) -> object:
    return configuration["CodeSha256"], republish.apart_from_the_list(configuration)


def _move_alias(deployed: Deployed, version: str) -> str:
    """Point the alias at a version, unless a newer one, which holds this list too, is live; return the former version.

    This ends a canary's share, because its version lacks this list.
    """
    alias = deployed.functions.get_alias(FunctionName=deployed.authorizer, Name=LIVE)
    before = alias["FunctionVersion"]
    if int(before) < int(version):
        deployed.functions.update_alias(
            FunctionName=deployed.authorizer,
            Name=LIVE,
            FunctionVersion=version,
            RoutingConfig=ALONE,
            RevisionId=alias["RevisionId"],
        )
    return before


def _stages(deployed: Deployed) -> Iterator[tuple[str, str, str]]:
    """Yield name, id and stage, for each stage of each API that uses the authorizer."""
    asked = f":function:{deployed.authorizer}:{LIVE}/"
    for page in deployed.apis.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 500}):
        for api in page["items"]:
            if not api["name"].startswith(f"{deployed.name}-"):
                continue
            authorizers = deployed.apis.get_authorizers(restApiId=api["id"])["items"]
            if any(asked in authorizer.get("authorizerUri", "") for authorizer in authorizers):
                for stage in deployed.apis.get_stages(restApiId=api["id"])["item"]:
                    yield api["name"], api["id"], stage["stageName"]


def _flush(deployed: Deployed, stages: list[tuple[str, str, str]]) -> None:
    for _, api_id, stage in stages:
        deployed.apis.flush_stage_authorizers_cache(restApiId=api_id, stageName=stage)


def _attempt[T](step: Callable[[], T]) -> T:
    """Run a step; repeat it from its beginning if another operator wrote first."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return step()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _ANOTHER_WAS_FIRST:
                raise
        detail("somebody else is changing the authorizer; trying again after that change")
        time.sleep(1)
    return step()
