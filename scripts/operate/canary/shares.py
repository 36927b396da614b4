"""Gives new code a share of a function's invocations, and takes it back: the weights of the alias `live`."""

import contextlib
from collections.abc import Iterator, Mapping

from scripts import republish
from scripts.console import detail
from scripts.deployed import ALONE, LIVE, NEWEST, Deployed
from scripts.operate.revoke import switch

_WHAT = "a canary's code"


@contextlib.contextmanager
def shared(target: Deployed, archives: Mapping[str, bytes], percent: float) -> Iterator[Mapping[str, str]]:
    """Let a percentage of the invocations run other code while the block runs; yield the version by function.

    `archives` holds the zip of each function, by its name. However the block ends, everything is then as before.
    """
    try:
        versions = {
            function: republish.publish_code(target, function, archive, _WHAT) for function, archive in archives.items()
        }
        for function, version in versions.items():
            target.functions.update_alias(
                FunctionName=function,
                Name=LIVE,
                RoutingConfig={"AdditionalVersionWeights": {version: percent / 100}},
            )
            detail(f"version {version} of {function} gets {percent:g} % of the invocations")
        yield versions
    finally:
        end(target, archives)


def end(target: Deployed, functions: Mapping[str, object]) -> None:
    """Take the shares back, forget what the other authorizer decided, and make the code before the newest again."""
    for function in functions:
        target.functions.update_alias(FunctionName=function, Name=LIVE, RoutingConfig=ALONE)
    detail("the previous version answers every request again")
    if target.authorizer in functions:
        switch.forget_decisions(target)
    for function in functions:
        _restore(target, function)


def is_shared(target: Deployed, function: str) -> bool:
    """Return whether the alias still shares the invocations; `make revoke`, an apply or a rollback ends that."""
    alias = target.functions.get_alias(FunctionName=function, Name=LIVE)
    return bool(alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"))


def _restore(target: Deployed, function: str) -> None:
    """Make the code before the newest again.

    Terraform lets the newest version answer. Where that answers now, its copy does from now on, and the next plan has
    nothing to move.
    """
    alias = target.functions.get_alias(FunctionName=function, Name=LIVE)
    if not (restored := republish.restore_newest(target, function)):
        return
    live, newest = (target.configuration(qualifier, function) for qualifier in (LIVE, NEWEST))
    if live["CodeSha256"] == newest["CodeSha256"] and republish.variables(live) == republish.variables(newest):
        target.functions.update_alias(
            FunctionName=function, Name=LIVE, FunctionVersion=restored, RevisionId=alias["RevisionId"]
        )
