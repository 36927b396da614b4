"""`make rollback ENV=<environment>`: go back to the previous release, in less than a minute, with no failed request.

    make rollback ENV=prod                  list the releases, choose the last good one before the present, and ask
    make rollback ENV=prod TO=12            go back to that release
    make rollback ENV=prod CONFIRM=prod     without asking

Functions, the authorizer's access model and settings, the APIs' deployments and the site's page go back together. The
revocation list does not: a revoked token stays revoked. The command builds nothing and does not run Terraform.
"""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from scripts import confirmation, deployed, environments, releases, republish
from scripts.build.site import LIST
from scripts.console import detail, step
from scripts.deployed import ALONE, LIVE, NEWEST, Deployed
from scripts.errors import UserError, run
from scripts.operate.revoke import switch
from scripts.releases import Release
from scripts.revocation_list import SETTING, write

STAYS = (
    "rows of tables",
    "everything in the Auth0 tenant",
    "the revocation list and the origin key",
    "roles, security headers, functions at the edge, log groups and alarms: only an apply changes those",
)
"""The parts that a rollback does not touch."""


def main() -> None:
    """List the releases, choose one, ask, and go back to it."""
    parser = environments.parser("rollback", __doc__)
    parser.add_argument("--to", default=os.environ.get("TO", ""), help="number of the release (default: TO)")
    confirmation.add_argument(parser)
    options = parser.parse_args()
    environment = environments.find(options.environment)
    with deployed.resumable():
        target = deployed.find(environment)
        step(f"Reading the releases of {target.name}")
        known = releases.history(target)
        print("\n".join(releases.table(known)))
        release = choose(known, options.to, as_recorded=not known or answers(target, known[-1]))
        require_whole(target, release)
        step(f"Going back to release {release.number}, commit {release.commit}")
        for line in differences(target, release):
            detail(line)
        for stays in STAYS:
            detail(f"stays as it is: {stays}")
        confirmation.require_name(environment.name, options.confirm, to="go back")
        begun = time.monotonic()
        go_back(target, release)
    step(f"Release {release.number} answers again, after {time.monotonic() - begun:.0f} s")
    detail(f"the next `make plan ENV={environment.name}` plans what this checkout declares, so it goes forward again")


def choose(known: list[Release], to: str, *, as_recorded: bool) -> Release:
    """Return the release to go back to.

    `to` is the release's number. If it is empty, choose the last release before the present one whose smoke test
    passed, or the last one if none passed. If the live parts are not those of the last release (`as_recorded` is
    false), an apply was cut short, and the last release is itself a candidate.

    Raises:
        UserError: there is no such release.
    """
    applied = [release for release in known if release.back_to is None]
    if to:
        found = next((release for release in applied if str(release.number) == to), None)
        if found is None:
            numbers = ", ".join(str(release.number) for release in applied) or "none yet"
            raise UserError(f"there is no release {to} to go back to: TO=<one of {numbers}>.")
        return found
    newest = known[-1].origin if known else 0
    before = [release for release in applied if release.number < newest + (not as_recorded)]
    if not before:
        raise UserError("there is no earlier release to go back to; each `make apply` makes one.")
    return next((release for release in reversed(before) if release.checked), before[-1])


def answers(target: Deployed, release: Release) -> bool:
    """Return whether a release is live, apart from the revocation list."""
    return not list(differences(target, release))


def differences(target: Deployed, release: Release) -> Iterator[str]:
    """Yield a line for each live part that differs from the release."""
    for part, wanted in release.functions.items():
        present, share = releases.version(target, part), releases.share(target, part)
        if share:
            yield f"function {part}: {share}, of a canary that was cut short"
        if present != wanted and _code_and_settings(target, part, present) != _code_and_settings(target, part, wanted):
            yield f"function {part}: version {wanted}, instead of {present}"
    ids = target.api_ids()
    for api, wanted in release.deployments.items():
        if (served := releases.deployment(target, ids[api])) != wanted:
            yield f"API {api}: deployment {wanted}, instead of {served}"
    present_files = releases.files(target)
    changed = [key for key, wanted in _page(release).items() if present_files.get(key) != wanted]
    if changed:
        yield f"site: {', '.join(changed)}"


def require_whole(target: Deployed, release: Release) -> None:
    """Check that every part of the release still exists.

    Raises:
        UserError: a part is gone; the text names it.
    """
    missing = list(_missing(target, release))
    if missing:
        raise UserError(
            f"release {release.number} is incomplete ({'; '.join(missing)}): choose a later one with TO=, or "
            "check its commit out, then `make plan` and `make apply`."
        )


def go_back(target: Deployed, release: Release) -> None:
    """Make a release live again, and record that.

    The page goes first: the old page works with the new APIs, as it did in open browsers during the last apply.
    """
    authorizer = _authorizer_version(target, release.functions["authorizer"])
    _restore_page(target, release)
    for part, wanted in {**release.functions, "authorizer": authorizer}.items():
        target.functions.update_alias(
            FunctionName=f"{target.name}-{part}", Name=LIVE, FunctionVersion=wanted, RoutingConfig=ALONE
        )
    ids = target.api_ids()
    for api, wanted in release.deployments.items():
        if releases.deployment(target, ids[api]) == wanted:
            continue  # or its original, which Terraform knows
        change: Any = [{"op": "replace", "path": "/deploymentId", "value": wanted}]
        target.apis.update_stage(restApiId=ids[api], stageName=releases.STAGE, patchOperations=change)
    detail("the page, the functions and the APIs are those of that release")
    for part in release.functions:
        republish.restore_newest(target, f"{target.name}-{part}")  # if a canary was killed
    releases.record(target, back_to=release.number, commit=release.commit)
    switch.forget_decisions(target)


def _authorizer_version(target: Deployed, wanted: str) -> str:
    """Return an authorizer version with the release's code and settings and with the present revocation list."""
    republish.restore_newest(target, target.authorizer)
    return republish.with_list(target, wanted, write(target.revoked(NEWEST)))


def _restore_page(target: Deployed, release: Release) -> None:
    storage, bucket = target.client("s3"), releases.bucket(target)
    present = releases.files(target)
    for key, wanted in sorted(_page(release).items(), key=lambda item: item[0].endswith(".html")):  # the page last
        if present.get(key) != wanted:
            earlier = {"Bucket": bucket, "Key": key, "VersionId": wanted}
            storage.copy_object(Bucket=bucket, Key=key, CopySource=earlier)  # with its headers and tags


def _page(release: Release) -> dict[str, str]:
    """Return the files to restore, without the list of files: the present list also names old files of open pages."""
    return {key: version for key, version in release.files.items() if key != LIST}


def _missing(target: Deployed, release: Release) -> Iterator[str]:
    for part, wanted in release.functions.items():
        try:
            _code_and_settings(target, part, wanted)
        except target.functions.exceptions.ResourceNotFoundException:
            yield f"version {wanted} of {part}"
    ids = target.api_ids()
    for api, wanted in release.deployments.items():
        if api not in ids:
            yield f"the API {api}"
            continue
        pages = target.apis.get_paginator("get_deployments").paginate(restApiId=ids[api])
        if wanted not in {one["id"] for page in pages for one in page["items"]}:
            yield f"deployment {wanted} of the API {api}"
    yield from _missing_files(target, release)


def _missing_files(target: Deployed, release: Release) -> Iterator[str]:
    storage, bucket = target.client("s3"), releases.bucket(target)
    versions = storage.get_paginator("list_object_versions").paginate(Bucket=bucket)
    kept = {(one["Key"], one["VersionId"]): one["IsLatest"] for page in versions for one in page.get("Versions", [])}
    yield from (f"an earlier {key}" for key, wanted in _page(release).items() if (key, wanted) not in kept)
    present = {key for (key, _), is_latest in kept.items() if is_latest}
    if (list_version := release.files.get(LIST)) is None or (LIST, list_version) not in kept:
        yield "its list of files"
        return
    listed = json.loads(storage.get_object(Bucket=bucket, Key=LIST, VersionId=list_version)["Body"].read())
    own = listed["content_types"].keys() - listed.get("superseded", {}).keys()
    yield from (f"the file {name}" for name in sorted(own - present - release.files.keys()))


def _code_and_settings(target: Deployed, part: str, version: str) -> object:
    """Return the parts by which two versions count as equal: code and variables, apart from the revocation list."""
    found = target.functions.get_function_configuration(FunctionName=f"{target.name}-{part}", Qualifier=version)
    variables = {name: value for name, value in republish.variables(found).items() if name != SETTING}
    return found["CodeSha256"], variables


if __name__ == "__main__":
    run(main)
