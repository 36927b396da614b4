"""`make origin-key`: rotate the key that proves to the APIs that a request came through the distribution.

The key is an API key of API Gateway and an item of the distribution's key value store; Terraform manages neither. The
previous key stays valid until the next run, because edge locations need some seconds to get the new one. To disable a
leaked key, run it twice, a minute apart. `origin_key_required = true` makes the APIs refuse every other request. DRY=1
only lists the keys and names those that a run would remove. ENV=dev or ENV=prod selects the environment; the default
is the local one.
"""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError, run

ITEM = "origin-key"
"""The name that terraform/modules/site/edge/strip_api_prefix.js reads."""

_KEPT = 2  # the new key and the previous one


def main() -> None:
    """Create the key, give it to the APIs and the distribution, and remove all keys but the last two."""
    parser = environments.parser("origin-key", __doc__, default=environments.LOCAL)
    parser.add_argument("--dry-run", action="store_true", default=bool(os.environ.get("DRY")), help="as DRY=1")
    options = parser.parse_args()
    try:
        target = deployed.find(deployed.chosen(options.environment))
        if options.dry_run:
            for line in describe(target):
                detail(line)
            return
        step(f"Creating a new origin key for {target.name}")
        removed = rotate(target)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS: {error}; run the same command again: it starts over and loses nothing.") from error
    detail("the distribution sends it, and the APIs accept it")
    detail(f"keys removed: {removed}" if removed else "the previous key, if there was one, is valid until the next run")


def describe(target: Deployed) -> Iterator[str]:
    """Yield what a run would do with the existing keys; raises UserError as `rotate` does."""
    names = [name for name, _ in sorted(_keys(target, _plan_id(target)))]
    kept = 1 - _KEPT  # a run keeps the new key and this many of the others, as a negative index
    yield from (f"{name} would end" for name in names[:kept])
    yield from (f"{name} would stay valid until the run after that" for name in names[kept:])
    yield "the distribution would send a new key; the APIs accept both, so nobody is refused"


def rotate(target: Deployed) -> int:
    """Create a key that the APIs accept, then let the distribution send it; return how many older keys were removed.

    Raises:
        UserError: the environment was never applied, or by a version without a key value store.
    """
    plan_id = _plan_id(target)
    store = target.client("cloudfront")
    try:
        store_arn = store.describe_key_value_store(Name=target.name)["KeyValueStore"]["ARN"]
    except store.exceptions.EntityNotFound as error:
        raise _not_applied(target) from error
    value = secrets.token_urlsafe(32)
    name = f"{target.name}-origin-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    key_id = target.apis.create_api_key(name=name, value=value, enabled=True)["id"]
    target.apis.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    items = _items(target)
    version = items.describe_key_value_store(KvsARN=store_arn)["ETag"]
    items.put_key(KvsARN=store_arn, Key=ITEM, Value=value, IfMatch=version)
    older = sorted(_keys(target, plan_id))[:-_KEPT]
    for _, old_id in older:
        target.apis.delete_api_key(apiKey=old_id)
    return len(older)


def _plan_id(target: Deployed) -> str:
    for page in target.apis.get_paginator("get_usage_plans").paginate():
        for plan in page["items"]:
            if plan["name"] == f"{target.name}-origin":
                return str(plan["id"])
    raise _not_applied(target)


def _not_applied(target: Deployed) -> UserError:
    return UserError(f"{target.name} has no usage plan for an origin key; apply it first, then run this again.")


def _keys(target: Deployed, plan_id: str) -> list[tuple[str, str]]:
    """Return name and id of each key of ours in the usage plan; the name begins with the time."""
    pages = target.apis.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan_id)
    keys = [(str(key["name"]), str(key["id"])) for page in pages for key in page["items"]]
    return [key for key in keys if key[0].startswith(f"{target.name}-origin-")]


def _items(target: Deployed) -> Any:  # noqa: ANN401 -- as Deployed.client
    client = target.client("cloudfront-keyvaluestore")
    if target.environment.get("AWS_ENDPOINT_URL"):  # boto3 asks `<account>.<host>`, an address that no emulator has
        client.meta.events.register("before-sign", _without_account)
    return client


def _without_account(request: Any, **_: object) -> None:  # noqa: ANN401 -- botocore's own type
    request.url = re.sub(r"//\d{12}\.", "//", request.url, count=1)


if __name__ == "__main__":
    run(main)
