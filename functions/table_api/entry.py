"""The edge: reads the environment and the document beside the API's handler, and makes the AWS client."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from table_api.api import Event, Handler, make_handler
from table_api.table import Table

# API Gateway gives up after 29 s; a table that has not answered in a few is not going to.
_CLIENT_CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "max_attempts": 2})


def lambda_handler(document_path: Path) -> Handler:
    """Return the Lambda handler of the API whose compiled OpenAPI document lies at the path.

    The API is called as the folder that the document lies in. Nothing is read before the first request.
    """

    @cache
    def made() -> Handler:
        name = document_path.parent.name
        document = json.loads(document_path.read_text(encoding="utf-8"))
        table_name = os.environ.get("TABLE_NAME")
        if not table_name:
            message = "the environment variable TABLE_NAME is not set; it is the DynamoDB table to serve"
            raise RuntimeError(message)
        client = boto3.client("dynamodb", config=_CLIENT_CONFIG)
        return make_handler(name, document, Table(client, table_name), Logger(service=name))

    def handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        return made()(event, context)

    return handler
