"""The releases of an environment: the live versions after each apply, so that `make rollback` can go back to them.

The history of one parameter in AWS's parameter store holds the releases (decision 0030). A release names the version of
each function, a copy of each API's deployment, and the S3 version of each file of the site that keeps its name. It
holds no code and no data.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scripts.build.bundle import ASSETS
from scripts.child_environment import for_program
from scripts.console import clock, columns, detail
from scripts.deployed import LIVE, Deployed
from scripts.errors import UserError
from scripts.tools import ROOT

STAGE = "live"  # module rest_api's one stage
KEPT = 10
"""How many releases keep copies of their APIs' deployments; a rollback can go back to these."""

_COPY = "gatehouse: copy of "  # the start of a kept deployment's description
# API Gateway allows one CreateDeployment in five seconds (API Gateway Developer Guide, "Quotas").
_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})


@dataclass(frozen=True)
class Release:
    """The live versions after an apply or a rollback."""

    number: int
    commit: str
    functions: Mapping[str, str]  # the live version, by `authorizer` or the API's name
    deployments: Mapping[str, str]  # the kept deployment, by the API's name
    files: Mapping[str, str]  # the S3 version, by key
    checked: bool = False  # `make smoke` passed
    back_to: int | None = None  # the release that a rollback returned to
    at: datetime | None = field(default=None, compare=False)
    by: str = field(default="", compare=False)  # the role, or the kind of identity, that wrote it

    @property
    def content(self) -> tuple[Mapping[str, str], ...]:
        """The content of the release: functions, deployments, files."""
        return self.functions, self.deployments, self.files

    @property
    def origin(self) -> int:
        """The number of the release that was applied: its own, or after a rollback that of the restored release."""
        return self.back_to or self.number


def history(target: Deployed) -> list[Release]:
    """Return the releases, the oldest first.

    Raises:
        UserError: the environment was never applied, or only before releases were recorded.
    """
    known: dict[int, Release] = {}
    try:
        pages = target.client("ssm").get_paginator("get_parameter_history").paginate(Name=_parameter(target))
        for entry in (entry for page in pages for entry in page["Parameters"]):
            written = json.loads(entry["Value"])
            if not written:
                continue  # the parameter's first value, which Terraform wrote
            first = known.get(written["number"])
            at, by = (first.at, first.by) if first else (entry["LastModifiedDate"], _role(entry["LastModifiedUser"]))
            known[written["number"]] = Release(**written, at=at, by=by)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        raise UserError(
            f"{target.name} has no recorded releases yet: run `make plan` and `make apply` first."
        ) from error
    return [known[number] for number in sorted(known)]


def record(target: Deployed, *, back_to: int | None = None, commit: str | None = None) -> Release:
    """Record the live versions, and keep copies of the deployments; return the release.

    Nothing is written if the last release has the same content. `back_to`: the number of the release that a rollback
    restored. `commit`: that of the code, by default this checkout's.
    """
    known = history(target)
    functions = {part: version(target, part) for part in parts(target)}
    deployments = {api: _kept_deployment(target, api_id) for api, api_id in target.api_ids().items()}
    number = known[-1].number + 1 if known else 1
    made = Release(number, commit or commit_here(), functions, deployments, files(target), back_to=back_to)
    if known and made.content == known[-1].content:
        return known[-1]
    _write(target, made)
    _forget_copies(target, [*known, made][-KEPT:])
    return made


def record_apply(target: Deployed) -> None:
    """Record the release of an apply. If AWS refuses, print that only, because the apply itself has succeeded."""
    try:
        made = record(target)
    except (BotoCoreError, ClientError, UserError) as error:
        detail(f"WARNING: this release is not recorded, so `make rollback` cannot go back to it: {error}")
    else:
        detail(f"release {made.number}, commit {made.commit}")


def mark_checked(target: Deployed) -> None:
    """Record that `make smoke` passed for the last release; a rollback then prefers it."""
    known = history(target)
    if known and not known[-1].checked:
        _write(target, replace(known[-1], checked=True))


def parts(target: Deployed) -> list[str]:
    """Return the names of the functions: `authorizer`, and each API's name."""
    return ["authorizer", *sorted(target.api_ids())]


def version(target: Deployed, part: str) -> str:
    """Return the live version of a function."""
    return str(target.functions.get_alias(FunctionName=f"{target.name}-{part}", Name=LIVE)["FunctionVersion"])


def share(target: Deployed, part: str) -> str:
    """Return a canary's share of a function's invocations, as `10% version 7`; empty if there is none."""
    alias = target.functions.get_alias(FunctionName=f"{target.name}-{part}", Name=LIVE)
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return ", ".join(f"{weight:.0%} version {version}" for version, weight in weights.items())


def files(target: Deployed) -> dict[str, str]:
    """Return the present S3 version of each file of the site whose name has no hash, by key."""
    pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket(target))
    listed = [one for page in pages for one in page.get("Versions", [])]
    return {one["Key"]: one["VersionId"] for one in listed if one["IsLatest"] and not _has_hash(one["Key"])}


def bucket(target: Deployed) -> str:
    """Return the name of the site's bucket (module stack)."""
    return f"{target.name}-site-{target.client('sts').get_caller_identity()['Account']}"


def deployment(target: Deployed, api_id: str) -> str:
    """Return the deployment that an API's stage serves; if there is a kept copy of it, the copy."""
    served = target.apis.get_stage(restApiId=api_id, stageName=STAGE)["deploymentId"]
    return next((copy for copy, original in _copies(target, api_id) if served in {copy, original}), served)


def commit_here(digits: int = 12) -> str:
    """Return the commit of this checkout, with `-dirty` if files differ from it, or `unknown` without git."""
    command = ["git", "describe", "--always", "--dirty", f"--abbrev={digits}", "--exclude=*"]
    try:
        answer = subprocess.run(
            command, cwd=ROOT, env=for_program(), capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return "unknown"
    return answer.stdout.strip() or "unknown"


def table(known: list[Release]) -> Iterator[str]:
    """Yield the lines of a table of releases, the newest first."""
    heads = ("release", "since", "by", "commit", "smoke", "")
    rows = [
        (
            str(each.number),
            clock(each.at) if each.at else "",
            each.by,
            each.commit,
            "passed" if each.checked else "-",
            f"back to {each.back_to}" if each.back_to else "",
        )
        for each in reversed(known)
    ]
    yield from columns([heads, *rows])


def _parameter(target: Deployed) -> str:
    return f"/{target.name}/releases"


def _write(target: Deployed, release: Release) -> None:
    document = {name: value for name, value in asdict(release).items() if name not in {"at", "by"}}
    text = json.dumps(document, separators=(",", ":"))
    target.client("ssm").put_parameter(Name=_parameter(target), Value=text, Type="String", Overwrite=True)


def _role(arn: str) -> str:
    """Return the role of an ARN, without the session's name, which may identify a person."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    return f"role {name.partition('/')[0]}" if kind in {"assumed-role", "role"} else kind


def _has_hash(key: str) -> bool:
    return key.startswith(f"{ASSETS}/")


def _kept_deployment(target: Deployed, api_id: str) -> str:
    """Return a copy of the deployment that the stage serves, which no apply removes; create it if there is none."""
    served = deployment(target, api_id)
    if served in {copy for copy, _ in _copies(target, api_id)}:
        return served
    made: Any = target.client("apigateway", _PATIENT).create_deployment(
        restApiId=api_id, description=f"{_COPY}{served}"
    )
    return str(made["id"])


def _copies(target: Deployed, api_id: str) -> list[tuple[str, str]]:
    """Return the id of each kept deployment of an API, with the id of its original."""
    pages = target.apis.get_paginator("get_deployments").paginate(restApiId=api_id)
    listed = [(one["id"], one.get("description", "")) for page in pages for one in page["items"]]
    return [(one, said.removeprefix(_COPY)) for one, said in listed if said.startswith(_COPY)]


def _forget_copies(target: Deployed, kept: list[Release]) -> None:
    """Delete the copies that none of these releases names and no stage serves."""
    for api, api_id in target.api_ids().items():
        named = {release.deployments.get(api) for release in kept} | {deployment(target, api_id)}
        for copy, _ in _copies(target, api_id):
            if copy not in named:
                target.apis.delete_deployment(restApiId=api_id, deploymentId=copy)
