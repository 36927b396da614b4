"""Gives new code a share of a function's invocations, and ends the share: the weights of the alias `live`."""

import contextlib
from collections.abc import Iterator, Mapping

from scripts import republish
from scripts.console import detail
from scripts.deployed import ALONE, LIVE, NEWEST, Deployed
from scripts.operate.revoke import switch

_WHAT = "a canary's code"


@contextlib.contextmanager
def shared(target: Deployed, archives: Mapping[str, bytes], percent: float) -> Iterator[Mapping[str, str]]:
    """Let a percentage of the invocations run other code while the block runs; yield the new version by function.

    `archives`: the zip of each function, by its name. When the block ends, in whatever way, everything is as before.
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
    """End the shares, flush the decisions if the authorizer had one, and make the previous code the newest again."""
    for function in functions:
        target.functions.update_alias(FunctionName=function, Name=LIVE, RoutingConfig=ALONE)
    detail("the previous version answers every request again")
    if target.authorizer in functions:
        switch.forget_decisions(target)
    for function in functions:
        _restore(target, function)


def is_shared(target: Deployed, function: str) -> bool:
    """Return whether the alias still shares the invocations; `make revoke`, an apply and a rollback end the share."""
    alias = target.functions.get_alias(FunctionName=function, Name=LIVE)
    return bool(alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"))


def _restore(target: Deployed, function: str) -> None:
    """Make the previous code the newest again.

    Terraform points the alias at the newest version. If the alias points at the original, point it at the restored
    copy, so that the next plan has nothing to move.
    """
    alias = target.functions.get_alias(FunctionName=function, Name=LIVE)
    if not (restored := republish.restore_newest(target, function)):
        return
    live, newest = (target.configuration(qualifier, function) for qualifier in (LIVE, NEWEST))
    if live["CodeSha256"] == newest["CodeSha256"] and republish.variables(live) == republish.variables(newest):
        target.functions.update_alias(
            FunctionName=function, Name=LIVE, FunctionVersion=restored, RevisionId=alias["RevisionId"]
        )
