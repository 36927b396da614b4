"""`make unlock ENV=<environment>`: release the lock that an apply which was cut short has left on Terraform's state.

It says who took the lock, when and for what, and asks before it releases it. While somebody is at work, a second apply
would make things twice and lose one of the two states.
"""

import argparse
import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments, tools
from scripts.console import detail, step
from scripts.deploy.confirmation import require_name
from scripts.errors import OperationError, UserError, run


@dataclass(frozen=True)
class Lock:
    """A lock of the state: its identifier, and in Terraform's words who took it, when, and for which operation."""

    identifier: str
    who: str
    created: str
    operation: str


def read_lock(s3: Any, bucket: str, key: str) -> Lock | None:  # noqa: ANN401 - boto3's client of S3
    """Return the lock of the state at `key` in a bucket; None where it is not locked.

    The backend keeps it as JSON in an object beside the state
    (https://developer.hashicorp.com/terraform/language/backend/s3#state-locking).

    Raises:
        OperationError: the bucket cannot be read, or the object is no lock of Terraform's.
    """
    try:
        text = s3.get_object(Bucket=bucket, Key=f"{key}.tflock")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"s3://{bucket}/{key}.tflock cannot be read: {error}") from error
    try:
        found = json.loads(text)
        return Lock(
            found["ID"], found["Who"], found["Created"], found["Operation"].removeprefix("OperationType").lower()
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperationError(
            f"s3://{bucket}/{key}.tflock is no lock of Terraform's; look at it before you delete it."
        ) from error


def main() -> None:
    """Tell of the lock, ask, and release it."""
    parser = argparse.ArgumentParser(
        prog="make unlock", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", nargs="?", help=f"one of: {', '.join(environments.names())}")
    parser.add_argument("--confirm", default=os.environ.get("CONFIRM", ""), help="its name again; default: CONFIRM")
    arguments = parser.parse_args()
    environment = environments.find(arguments.environment)
    if not isinstance(environment, environments.CloudEnvironment):
        raise UserError("`make up` deals with an interrupted apply of the local system by itself.")
    tools.require(tools.TERRAFORM)
    deployed.find(environment)  # refuses another account's credentials
    backend = environment.backend()
    lock = read_lock(boto3.client("s3", region_name=backend["region"]), backend["bucket"], backend["key"])
    if lock is None:
        detail(f"the state of {environment.name} is not locked")
        return
    detail(f"{lock.who} has locked the state of {environment.name} since {lock.created}, to {lock.operation}")
    require_name(environment.name, arguments.confirm, to="release the lock, if nobody is at work")
    step("Releasing the lock")
    root = environment.root()
    root.unlock(lock.identifier)
    detail(f"released; Terraform's state knows {len(root.addresses())} objects")
    detail(f"`make plan ENV={environment.name}` shows what it lacks; an apply names each object that is there already")


if __name__ == "__main__":
    run(main)
