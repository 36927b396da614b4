"""`make origin-key`: make a new key by which the APIs know the requests that come through the distribution.

The key is an API key of API Gateway and an item of the distribution's key value store; Terraform knows neither. The key
before stays good until the next run, because edge locations take the new one over within seconds and not at once. Run
it twice, a minute apart, to end a key that has leaked. `origin_key_required = true` makes the APIs refuse every other
request. ENV=dev or ENV=prod chooses the environment; without it, the local one.
"""

import argparse
import re
import secrets
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError, run

ITEM = "origin-key"
"""The name that terraform/modules/site/edge/strip_api_prefix.js reads."""

_KEPT = 2  # the new key and the one before


def main() -> None:
    """Make the key, hand it to both sides, and remove the keys before the last."""
    parser = argparse.ArgumentParser(
        prog="make origin-key", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", nargs="?", help=f"one of: {', '.join(environments.names())}; local by default")
    try:
        place = deployed.find(deployed.chosen(parser.parse_args().environment))
        step(f"Making a new origin key for {place.name}")
        removed = rotate(place)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS: {error}; run the same command again: it begins anew and loses nothing.") from error
    detail("the distribution sends it, and the APIs take it")
    detail(f"keys removed: {removed}" if removed else "the key before, if there was one, is good until the next run")


def rotate(place: Deployed) -> int:
    """Make a key that the APIs take and then one that the distribution sends; return how many older ones went.

    Raises:
        UserError: the environment was applied before it had a key value store, or never.
    """
    plan_id = _plan_id(place)
    store = _client(place, "cloudfront")
    try:
        store_arn = store.describe_key_value_store(Name=place.name)["KeyValueStore"]["ARN"]
    except store.exceptions.EntityNotFound as error:
        raise _not_applied(place) from error
    value = secrets.token_urlsafe(32)
    name = f"{place.name}-origin-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    key_id = place.apis.create_api_key(name=name, value=value, enabled=True)["id"]
    place.apis.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    items = _client(place, "cloudfront-keyvaluestore")
    version = items.describe_key_value_store(KvsARN=store_arn)["ETag"]
    items.put_key(KvsARN=store_arn, Key=ITEM, Value=value, IfMatch=version)
    older = sorted(_keys(place, plan_id))[:-_KEPT]
    for _, old_id in older:
        place.apis.delete_api_key(apiKey=old_id)
    return len(older)


def _plan_id(place: Deployed) -> str:
    for page in place.apis.get_paginator("get_usage_plans").paginate():
        for plan in page["items"]:
            if plan["name"] == f"{place.name}-origin":
                return str(plan["id"])
    raise _not_applied(place)


def _not_applied(place: Deployed) -> UserError:
    return UserError(f"{place.name} has nothing that takes an origin key; apply it first, then run this again.")


def _keys(place: Deployed, plan_id: str) -> list[tuple[str, str]]:
    """Return name, which begins with the time, and id of each key of ours in the usage plan."""
    pages = place.apis.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan_id)
    keys = [(str(key["name"]), str(key["id"])) for page in pages for key in page["items"]]
    return [key for key in keys if key[0].startswith(f"{place.name}-origin-")]


def _client(place: Deployed, service: str) -> Any:  # noqa: ANN401 -- boto3 makes its clients' classes at run time
    variables = place.environment
    client: Any = boto3.client(
        service,
        region_name=variables["AWS_REGION"],
        endpoint_url=(endpoint := variables.get("AWS_ENDPOINT_URL")),
        aws_access_key_id=variables.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=variables.get("AWS_SECRET_ACCESS_KEY"),
    )
    if endpoint:  # the client asks `<account>.<host>`, a name that an emulator's address does not have
        client.meta.events.register("before-sign", _without_account)
    return client


def _without_account(request: Any, **_: object) -> None:  # noqa: ANN401 -- botocore's own type
    request.url = re.sub(r"//\d{12}\.", "//", request.url, count=1)


if __name__ == "__main__":
    run(main)
