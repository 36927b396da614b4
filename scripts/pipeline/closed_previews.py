"""`make closed-previews`: list the previews whose pull request is closed or no longer has the label `preview`.

A preview exists while its state in the bucket of terraform/cloud/previews.s3.tfbackend holds resources. The command
prints each name with the reason, and gives the job all names as its output `names`, a list in JSON.
"""

import json
import os
from collections.abc import Iterator, Mapping

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from github.Repository import Repository

from scripts import command_line, environments
from scripts.console import detail
from scripts.errors import OperationError, run
from scripts.pipeline.github_api import UnknownObjectException, repository_of
from scripts.pipeline.job import current

LABEL = "preview"


def main() -> None:
    """Print the names, and write them to the job's output."""
    command_line.parser("closed-previews", __doc__).parse_args()
    job = current(os.environ)
    pattern = environments.all_previews()
    closed = []
    with repository_of(job) as repository:
        for one in map(environments.preview, deployed(pattern.backend())):
            if why := reason(repository, int(one.number)):
                closed.append(one.name)
                detail(f"{one.name}: {why}")
    if not closed:
        detail("every preview belongs to an open pull request with the label")
    if job.output_file is not None:
        with job.output_file.open("a", encoding="utf-8") as file:
            file.write(f"names={json.dumps(closed)}\n")


def deployed(backend: Mapping[str, str]) -> list[str]:
    """Return the numbers of the previews whose state holds resources; the backend's key has `*` instead of the number.

    Raises:
        OperationError: S3 does not answer, or refuses.
    """
    try:
        return sorted(_deployed(backend), key=int)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS: {error}; the states of the previews are in {backend['bucket']}.") from error


def _deployed(backend: Mapping[str, str]) -> Iterator[str]:
    before, _, after = backend["key"].partition("*")
    s3 = boto3.client("s3", region_name=backend["region"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=backend["bucket"], Prefix=before):
        for row in page.get("Contents", []):
            number = row["Key"].removeprefix(before).removesuffix(after)
            if row["Key"] != f"{before}{number}{after}" or not number.isdigit():
                continue  # a lock, or an object of others
            state = json.loads(s3.get_object(Bucket=backend["bucket"], Key=row["Key"])["Body"].read())
            if state.get("resources"):
                yield number


def reason(repository: Repository, number: int) -> str | None:
    """Return why the preview of a pull request has to go; None if it stays."""
    try:
        found = repository.get_pull(number)
    except UnknownObjectException:
        return "there is no such pull request"
    if found.state != "open":
        return "its pull request is closed"
    if LABEL not in {label.name for label in found.labels}:
        return f"its pull request has no label {LABEL}"
    return None


if __name__ == "__main__":
    run(main)
