"""The edge: reads the environment and the document next to the API's handler, and makes the client of the table."""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from botocore.credentials import EnvProvider

from table_api.api import make_handler
from table_api.dynamodb import DynamoDB
from table_api.table import Table

if TYPE_CHECKING:
    from guard.answers import Answer
    from guard.guard import Event, Handler

# Without pathlib, because nothing else here needs it at a cold start.
FUNCTIONS = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120


def lambda_handler(api: str, folder: str = FUNCTIONS) -> "Handler":
    """Return the handler of an API, from the compiled OpenAPI document in its folder, `<folder>/<api>/openapi.json`.

    It reads nothing before the first request.
    """

    @cache
    def made() -> "Handler":
        with open(os.path.join(folder, api, "openapi.json"), encoding="utf-8") as stream:  # noqa: PTH118, PTH123
            document = json.load(stream)
        table_name = os.environ.get("TABLE_NAME")
        if not table_name:
            raise RuntimeError("the environment variable TABLE_NAME is not set; it is the DynamoDB table to serve")
        return make_handler(api, document, Table(client(os.environ), table_name))

    def handler(event: "Event", context: object) -> "Answer":
        return made()(event, context)

    return handler


def client(environment: Mapping[str, str]) -> DynamoDB:
    """Return the client for the region and role in Lambda's environment, or for AWS_ENDPOINT_URL.

    Raises RuntimeError if the environment has no credentials, botocore's PartialCredentialsError if it has half of
    them.
    """
    region = environment["AWS_REGION"]
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    endpoint = (
        environment.get("AWS_ENDPOINT_URL_DYNAMODB")
        or environment.get("AWS_ENDPOINT_URL")
        or f"https://dynamodb.{region}.{suffix}"
    )
    credentials = EnvProvider(environment).load()
    if credentials is None:
        raise RuntimeError("the environment variable AWS_ACCESS_KEY_ID is not set; Lambda sets it from the role")
    return DynamoDB(endpoint, region, credentials)
