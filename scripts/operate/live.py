"""`make live`: show which version of each function runs, since when, by whom, and whether it is the newest one.

    make live             the local system
    make live ENV=prod    a deployed environment

For each function it compares the version that answers (alias `live`) with the function's newest code and settings, and
with the zip in build/. It names no person: it prints the role, or the kind of identity, that changed a function.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments, releases, republish
from scripts.console import clock, columns, step
from scripts.deployed import LIVE, NEWEST, Deployed
from scripts.environments import Environment
from scripts.errors import OperationError, UserError, run
from scripts.tools import ROOT

_SHOWN = 5  # releases
_CHANGES = frozenset({"UpdateAlias20150331", "PublishVersion20150331", "UpdateFunctionCode20150331v2", "UpdateAlias"})
_UNKNOWN = "not known"


@dataclass(frozen=True)
class Running:
    """The version that answers for one function."""

    function: str
    version: str
    since: str
    by: str
    code: str  # compared with the zip in build/
    drift: str | None  # how the newest code or settings differ; None if they do not


def main() -> None:
    """Ask Lambda and API Gateway, and print the table."""
    parser = environments.parser("live", __doc__, default=environments.LOCAL)
    environment = deployed.chosen(parser.parse_args().environment)
    try:
        target = deployed.find(environment)
        step(f"Looking up the live versions of {target.name}")
        found = list(running(target, environment))
        stages = list(_stages(target))
        known = releases.history(target)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the functions: {error}.") from error
    print("\n".join([*table(found), "", *stages, "", *releases.table(known[-_SHOWN:])]))


def running(target: Deployed, environment: Environment) -> Iterator[Running]:
    """Yield the live version of the authorizer and of each API's function.

    Raises:
        UserError: the environment has no such function; was it ever applied?
    """
    for part in ("authorizer", *sorted(target.api_ids())):
        name = f"{target.name}-{part}"
        try:
            alias = target.functions.get_alias(FunctionName=name, Name=LIVE)
        except target.functions.exceptions.ResourceNotFoundException as error:
            raise UserError(f"the function {name} does not exist; apply the environment first.") from error
        live, newest = (
            dict[str, Any](target.functions.get_function_configuration(FunctionName=name, Qualifier=qualifier))
            for qualifier in (LIVE, NEWEST)
        )
        share = releases.share(target, part)
        built = ROOT / "build" / environment.architecture / f"{part}.zip"
        yield Running(
            part,
            f"{alias['FunctionVersion']}{f', {share}' if share else ''}",
            _moment(live["LastModified"]),
            _changed_by(target, name),
            _code(live["CodeSha256"], built.read_bytes() if built.exists() else None),
            drift(live, newest),
        )


def drift(live: Mapping[str, Any], newest: Mapping[str, Any]) -> str | None:
    """Return how a function's newest code or settings differ from the live version's; None if they do not.

    Both are Lambda's descriptions. Ignores the revocation list: `make revoke` publishes each of its changes.
    """
    differing = []
    if live["CodeSha256"] != newest["CodeSha256"]:
        differing.append("code")
    before, after = (republish.apart_from_the_list(each) for each in (live, newest))
    differing += sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    differing += [name for name in ("MemorySize", "Timeout", "Role", "Runtime") if live.get(name) != newest.get(name)]
    return ", ".join(differing) or None


def table(found: list[Running]) -> Iterator[str]:
    """Yield the lines of the table."""
    heads = ("function", "version", "since", "by", "code")
    rows = [(each.function, each.version, each.since, each.by, each.code) for each in found]
    yield from columns([heads, *rows])
    for each in found:
        if each.drift:
            yield (
                f"DRIFT {each.function}: what was written last is another and does not answer ({each.drift}), after a "
                "rollback, an apply that was cut short or a change by hand: `make plan` shows what it would do."
            )


def _code(digest: str, archive: bytes | None) -> str:
    if archive is None:
        return "no zip in build/ to compare with"
    here = base64.b64encode(hashlib.sha256(archive).digest()).decode()
    return "as in build/" if here == digest else "another than in build/"


def _changed_by(target: Deployed, function: str) -> str:
    """Return the role, or the kind of identity, that last changed a function, as far as CloudTrail knows."""
    wanted = [{"AttributeKey": "ResourceName", "AttributeValue": function}]
    try:
        events = target.client("cloudtrail").lookup_events(LookupAttributes=wanted, MaxResults=50)["Events"]
    except ClientError:
        return _UNKNOWN  # the caller may not read CloudTrail
    for event in events:
        if event["EventName"] in _CHANGES:
            identity = json.loads(event["CloudTrailEvent"]).get("userIdentity", {})
            role = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("userName")
            return f"role {role}" if role else str(identity.get("type", _UNKNOWN))
    return _UNKNOWN


def _stages(target: Deployed) -> Iterator[str]:
    for api, api_id in sorted(target.api_ids().items()):
        stage = target.apis.get_stage(restApiId=api_id, stageName=releases.STAGE)
        deployment = target.apis.get_deployment(restApiId=api_id, deploymentId=stage["deploymentId"])
        yield f"API {api}: deployment {stage['deploymentId']} of {_moment(deployment['createdDate'])}"


def _moment(when: str | datetime) -> str:
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return clock(moment)


if __name__ == "__main__":
    run(main)
