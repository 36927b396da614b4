"""Publishes versions of a function that are not its newest: an earlier one with the present list, or a canary's code.

Lambda publishes only the newest code and settings. So this module writes the wanted code and settings over the newest,
publishes them, then restores the newest and publishes it too. For the next apply, nothing has changed. Meanwhile the
function's description holds the number of the newest version; after a killed run, the next run restores that version.
Terraform does not notice changed code, so `make apply` looks for that description too.
"""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from scripts.console import detail
from scripts.deployed import NEWEST, Deployed
from scripts.revocation_list import SETTING, read, require_room, write

_DESCRIPTION = "{what}; the newest is {newest}"
_REPLACED = re.compile(r".+; the newest is (\d+)")
_DOWNLOAD_SECONDS = 60


def with_list(deployed: Deployed, version: str, text: str) -> str:
    """Return a version of the authorizer with the code and settings of `version` and the list `text`.

    Publish it if there is none. `text` is the list as `revocation_list.write` makes it. The newest settings get the
    list too.
    """
    function = deployed.authorizer
    newest = settled(deployed, function)
    if not _has_list(newest, text):
        newest = write_list(deployed, newest, text)
    earlier, archive = _fetch(deployed, function, version)
    if _has_list(earlier, text):
        return version
    kept = publish(deployed, newest)
    detail(f"publishing version {version} of {function} again, with the present revocation list")
    _write_settings(deployed, earlier, text, _DESCRIPTION.format(what=f"version {version} again", newest=kept))
    _write_code(deployed, earlier, archive)
    published = publish(deployed, settled(deployed, function))
    restore_newest(deployed, function)
    return published


def publish_code(deployed: Deployed, function: str, archive: bytes, what: str) -> str:
    """Publish a zip with the newest settings; return the version. It replaces the newest until `restore_newest`.

    `what` describes it in the function's description.
    """
    newest = settled(deployed, function)
    kept = publish(deployed, newest)
    _write_settings(deployed, newest, None, _DESCRIPTION.format(what=what, newest=kept))
    _write_code(deployed, newest, archive)
    return publish(deployed, settled(deployed, function))


def restore_newest(deployed: Deployed, function: str) -> str | None:
    """If other code has replaced the newest code and settings, restore and publish them.

    Return the version that has them now; None if there was nothing to do.
    """
    newest = settled(deployed, function)
    if not (found := _REPLACED.fullmatch(newest.get("Description", ""))):
        return None
    before, archive = _fetch(deployed, function, found[1])
    # Restore the description last, so that the run after a killed one repeats everything.
    _write_code(deployed, before, archive)
    _write_settings(deployed, before, variables(newest).get(SETTING), newest["Description"])
    published = publish(deployed, settled(deployed, function), before["Description"])
    deployed.functions.update_function_configuration(
        FunctionName=function, Description=before["Description"], RevisionId=settled(deployed, function)["RevisionId"]
    )
    return published


def replaced(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the functions, in a plan's prior state, whose newest code a killed run has left replaced.

    `plan`: the output of `terraform show -json`.
    """
    for change in plan.get("resource_changes", []):
        before = change["change"].get("before") or {}
        if change["type"] == "aws_lambda_function" and _REPLACED.fullmatch(before.get("description") or ""):
            yield str(before["function_name"])


def write_list(deployed: Deployed, configuration: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Write a list into the authorizer's newest settings, if they are still `configuration`; return the new ones.

    Raises:
        UserError: the list is full.
    """
    changed = {**variables(configuration), SETTING: text}
    require_room(changed)
    deployed.functions.update_function_configuration(
        FunctionName=deployed.authorizer,
        Environment={"Variables": changed},
        RevisionId=configuration["RevisionId"],
    )
    return settled(deployed, deployed.authorizer)


def publish(deployed: Deployed, configuration: Mapping[str, Any], description: str | None = None) -> str:
    """Publish a function's newest code and settings, if they are still `configuration`; return the version.

    `description` is the version's, by default the function's. If nothing has changed since the last version, Lambda
    publishes nothing, and returns that version.
    """
    described: Any = {} if description is None else {"Description": description}
    published = deployed.functions.publish_version(
        FunctionName=configuration["FunctionName"],
        CodeSha256=configuration["CodeSha256"],
        RevisionId=configuration["RevisionId"],
        **described,
    )
    return published["Version"]


def settled(deployed: Deployed, function: str) -> Mapping[str, Any]:
    """Wait until Lambda has finished the last update, usually a second or two; return the newest configuration."""
    waiter = deployed.functions.get_waiter("function_updated")
    waiter.wait(FunctionName=function, WaiterConfig={"Delay": 1, "MaxAttempts": 40})
    return deployed.configuration(NEWEST, function)


def variables(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables in Lambda's description of a function."""
    return dict(configuration.get("Environment", {}).get("Variables", {}))


def apart_from_the_list(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables without the revocation list; every change of the list is a version too."""
    return {name: value for name, value in variables(configuration).items() if name != SETTING}


def _has_list(configuration: Mapping[str, Any], text: str) -> bool:
    """Return whether settings already have this list, apart from expired entries."""
    entries, problem = read(variables(configuration).get(SETTING), time.time())
    return problem is None and write(entries) == text


def _fetch(deployed: Deployed, function: str, version: str) -> tuple[Mapping[str, Any], bytes]:
    """Return a version's configuration and zip."""
    found = deployed.functions.get_function(FunctionName=function, Qualifier=version)
    answer = httpx.get(found["Code"]["Location"], timeout=_DOWNLOAD_SECONDS)
    return dict(found["Configuration"]), answer.raise_for_status().content


def _write_settings(deployed: Deployed, settings: Mapping[str, Any], text: str | None, description: str) -> None:
    """Write a configuration's settings over the newest, with a description and, unless None, the revocation list."""
    function = settings["FunctionName"]
    wanted = variables(settings) | ({SETTING: text} if text is not None else {})
    require_room(wanted)
    deployed.functions.update_function_configuration(
        FunctionName=function,
        Description=description,
        Environment={"Variables": wanted},
        RevisionId=settled(deployed, function)["RevisionId"],
        Handler=settings["Handler"],
        MemorySize=settings["MemorySize"],
        Runtime=settings["Runtime"],
        Timeout=settings["Timeout"],
    )


def _write_code(deployed: Deployed, settings: Mapping[str, Any], archive: bytes) -> None:
    """Write a zip over the newest code, for the instruction set of a configuration."""
    function = settings["FunctionName"]
    deployed.functions.update_function_code(
        FunctionName=function,
        ZipFile=archive,
        Architectures=settings["Architectures"],
        RevisionId=settled(deployed, function)["RevisionId"],
    )
