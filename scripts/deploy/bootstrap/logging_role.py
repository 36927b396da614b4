"""API Gateway's role for its logs: one for each account and region; no environment's Terraform manages it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

import json
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

from scripts.console import detail
from scripts.deploy.bootstrap.piece import MISSING, PRESENT, TAGS, Piece, State, ask
from scripts.errors import OperationError

NAME = "api-gateway-logs"
_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_TRIES = 12
_PAUSE_SECONDS = 5  # IAM tells its other services of a new role within seconds


class LoggingRole(Piece):
    """The account's setting in the session's region. A role that the setting already names stays."""

    def __init__(self, session: boto3.Session) -> None:
        self._gateway: Any = session.client("apigateway")
        self._iam: Any = session.client("iam")
        self.title = f"API Gateway's role for its logs, in {session.region_name}"

    def look(self) -> State:
        """Return whether the account names a role."""
        account = ask(self._gateway.get_account) or {}
        return PRESENT if account.get("cloudwatchRoleArn") else MISSING

    def make(self) -> None:
        """Create the role if it is missing, and name it in the account's settings."""
        found = ask(self._iam.get_role, RoleName=NAME)
        if found is None:
            document = json.dumps(_TRUST)
            found = ask(self._iam.create_role, RoleName=NAME, AssumeRolePolicyDocument=document, Tags=TAGS) or {}
        ask(self._iam.attach_role_policy, RoleName=NAME, PolicyArn=_POLICY)
        self._name_it(found["Role"]["Arn"])

    def _name_it(self, arn: str) -> None:
        operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
        for attempt in range(_TRIES):
            try:
                self._gateway.update_account(patchOperations=[operation])
            except ClientError as error:
                if error.response["Error"]["Code"] != "BadRequestException" or attempt + 1 == _TRIES:
                    raise OperationError(
                        f"API Gateway refuses the role {arn}: {error}; run again in a minute."
                    ) from error
                detail("API Gateway does not know the role yet; asking again")
                time.sleep(_PAUSE_SECONDS)
            else:
                return
