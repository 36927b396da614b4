"""Publishes versions of the authorizer: of its newest code, or of an earlier version's with the present list.

Lambda publishes nothing but the newest code and settings. So an earlier version takes the place of the newest, is
published, and the newest is put back and published too: what the next apply finds does not change. Meanwhile the
function's description has the number of the newest version, and the next run puts that back after one that was killed.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx

from scripts.console import detail
from scripts.deployed import NEWEST, Deployed
from scripts.revocation_list import SETTING, read, require_room, write

_DESCRIPTION = "version {earlier} again; the newest is {newest}"
_REPLACED = re.compile(r"version \d+ again; the newest is (\d+)")
_DOWNLOAD_SECONDS = 60


def with_list(deployed: Deployed, version: str, text: str) -> str:
    """Return a version with the code and settings of `version` and the list `text`; publish it where there is none.

    `text` is the list as `revocation_list.write` makes it. The newest code and settings get the list too.
    """
    newest = settled(deployed)
    if not _has_list(newest, text):
        newest = write_list(deployed, newest, text)
    earlier = deployed.functions.get_function_configuration(FunctionName=deployed.authorizer, Qualifier=version)
    if _has_list(earlier, text):
        return version
    kept = publish(deployed, newest)
    detail(f"publishing version {version} of {deployed.authorizer} again, with the present revocation list")
    _write(deployed, version, text, _DESCRIPTION.format(earlier=version, newest=kept))
    published = publish(deployed, settled(deployed))
    restore_newest(deployed)
    return published


def restore_newest(deployed: Deployed) -> None:
    """Put the newest code and settings back and publish them, where an earlier version has their place."""
    newest = settled(deployed)
    if found := _REPLACED.fullmatch(newest.get("Description", "")):
        _write(deployed, found[1], variables(newest).get(SETTING))
    elif not _REPLACED.fullmatch(_last_published(deployed).get("Description", "")):
        return
    publish(deployed, settled(deployed))


def write_list(deployed: Deployed, configuration: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Write a list into the newest settings, if they are still `configuration`; return the settings after it.

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
    return settled(deployed)


def publish(deployed: Deployed, configuration: Mapping[str, Any]) -> str:
    """Publish the newest code and settings, if they are still `configuration`; return the version.

    Lambda publishes nothing where nothing changed since the last version, and returns that one.
    """
    published = deployed.functions.publish_version(
        FunctionName=deployed.authorizer,
        CodeSha256=configuration["CodeSha256"],
        RevisionId=configuration["RevisionId"],
    )
    return published["Version"]


def settled(deployed: Deployed) -> Mapping[str, Any]:
    """Return the newest configuration, once Lambda has taken it: as a rule after a second or two."""
    waiter = deployed.functions.get_waiter("function_updated")
    waiter.wait(FunctionName=deployed.authorizer, WaiterConfig={"Delay": 1, "MaxAttempts": 40})
    return deployed.configuration(NEWEST)


def variables(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables in Lambda's description of a function."""
    return dict(configuration.get("Environment", {}).get("Variables", {}))


def apart_from_the_list(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables without the revocation list, of which every change is a version."""
    return {name: value for name, value in variables(configuration).items() if name != SETTING}


def _has_list(configuration: Mapping[str, Any], text: str) -> bool:
    """Return whether settings have this list already, apart from entries that have ended."""
    entries, problem = read(variables(configuration).get(SETTING), time.time())
    return problem is None and write(entries) == text


def _last_published(deployed: Deployed) -> Mapping[str, Any]:
    pages = deployed.functions.get_paginator("list_versions_by_function").paginate(FunctionName=deployed.authorizer)
    published = [one for page in pages for one in page["Versions"] if one["Version"] != NEWEST]
    return dict(max(published, key=lambda one: int(one["Version"])))


def _write(deployed: Deployed, version: str, text: str | None, description: str | None = None) -> None:
    """Give the newest the code and the settings of a version, the list `text`, and a description, else the version's.

    The description of the newest is written first when it says that an earlier version takes its place, else last.
    """
    found = deployed.functions.get_function(FunctionName=deployed.authorizer, Qualifier=version)
    configuration = found["Configuration"]
    wanted = variables(configuration) | ({SETTING: text} if text is not None else {})
    require_room(wanted)
    archive = httpx.get(found["Code"]["Location"], timeout=_DOWNLOAD_SECONDS)
    archive.raise_for_status()

    def write_settings() -> None:
        deployed.functions.update_function_configuration(
            FunctionName=deployed.authorizer,
            Description=configuration["Description"] if description is None else description,
            Environment={"Variables": wanted},
            RevisionId=settled(deployed)["RevisionId"],
            Handler=configuration["Handler"],
            MemorySize=configuration["MemorySize"],
            Runtime=configuration["Runtime"],
            Timeout=configuration["Timeout"],
        )

    def write_code() -> None:
        deployed.functions.update_function_code(
            FunctionName=deployed.authorizer,
            ZipFile=archive.content,
            Architectures=configuration["Architectures"],
            RevisionId=settled(deployed)["RevisionId"],
        )

    for step in (write_code, write_settings) if description is None else (write_settings, write_code):
        step()
