"""Calls DynamoDB's JSON protocol over one persistent connection of the standard library; botocore signs the requests.

A client of boto3 or botocore takes most of a plain function's cold start, because it reads descriptions of AWS's
services (docs/decisions/0025). Lambda's runtime includes botocore, so the zip does not need it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from botocore.credentials import Credentials

# API Gateway gives up after 29 s; a table that has not answered in a few seconds will not answer.
CONNECT_SECONDS = 1
READ_SECONDS = 3
ATTEMPTS = 2
PAUSE_SECONDS = 0.05  # before the second attempt
_OK, _SERVER_ERROR = 200, 500
_PASSING = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})


class DynamoDBError(Exception):
    """A call failed.

    `code` is DynamoDB's error, or the class of the connection error. `request_id` is AWS's, if any. `item` is the row
    that did not meet a condition, if the call asked for it.
    """

    def __init__(self, code: str, request_id: str | None = None, item: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.request_id = request_id
        self.item = item


class DynamoDB:
    """One region's DynamoDB."""

    def __init__(self, endpoint: str, region: str, credentials: "Credentials") -> None:
        """Take the endpoint's URL, the region's name for the signature, and the role's keys."""
        url = urlsplit(endpoint)
        self._is_https = url.scheme == "https"
        self._host = url.netloc
        self._url = f"{url.scheme}://{url.netloc}/"
        self._region = region
        self._credentials = credentials
        self._connection: HTTPConnection | None = None

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to an operation such as `GetItem`; raises DynamoDBError after the second attempt."""
        body = json.dumps(request).encode()
        attempt = 1
        while True:
            try:
                return self._attempt(operation, body)
            except (OSError, HTTPException) as error:
                self.close()
                failure = DynamoDBError(type(error).__name__)
            except _PassingError as error:
                failure = error.failure
            if attempt == ATTEMPTS:
                raise failure
            attempt += 1
            time.sleep(PAUSE_SECONDS)

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"DynamoDB_20120810.{operation}",
        }
        request = AWSRequest("POST", self._url, headers, body)
        SigV4Auth(self._credentials, "dynamodb", self._region).add_auth(request)
        connection = self._connected()
        connection.request("POST", "/", body, dict(request.headers.items()))
        with connection.getresponse() as response:
            content = response.read()
        if response.status == _OK:
            found: dict[str, Any] = json.loads(content)
            return found
        failure = _failure(response, content)
        if response.status >= _SERVER_ERROR or failure.code in _PASSING:
            raise _PassingError(failure)
        raise failure

    def _connected(self) -> HTTPConnection:
        """Return the open connection, or a new one."""
        if self._connection is None or self._connection.sock is None:
            connect = HTTPSConnection if self._is_https else HTTPConnection
            self._connection = connect(self._host, timeout=CONNECT_SECONDS)
            self._connection.connect()
            self._connection.sock.settimeout(READ_SECONDS)
        return self._connection

    def close(self) -> None:
        """Close the connection, because its next data may belong to the previous call."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _PassingError(Exception):
    """A failure that may be temporary."""

    def __init__(self, failure: DynamoDBError) -> None:
        super().__init__(failure.code)
        self.failure = failure


def _failure(response: HTTPResponse, content: bytes) -> DynamoDBError:
    item = None
    try:
        body = json.loads(content)
        kind = str(body["__type"]).rpartition("#")[2]
        item = body.get("Item")
    except (ValueError, KeyError, TypeError):
        kind = f"status {response.status}"
    return DynamoDBError(kind, response.headers.get("x-amzn-requestid"), item)
