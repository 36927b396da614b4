"""The secret of HS256: made here, kept in the parameter store, and held against the authorizer's own rule.

Terraform knows nothing of it (docs/decisions/0037-the-hs256-api-outside-terraform.md). During a rotation the parameter
has two secrets, on a line each, and the authorizer accepts both.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from authorizer import secret_strength

_BYTES = 48  # of the operating system's randomness; HS256 needs 32 (RFC 7518 section 3.2)


def make() -> str:
    """Return a new secret."""
    return secrets.token_urlsafe(_BYTES)


def problem(secret: str) -> str | None:
    """Return why the authorizer would refuse a secret, as the end of a sentence; None for a good one."""
    if "\n" in secret:
        return "has more than one line"
    return secret_strength.problem(secret.encode())


class Parameter:
    """The parameter of an environment that holds the secret, or both; raises botocore's errors.

    `client` is boto3's of SSM. `prefix` begins all names of the environment, `<project>-<environment>`.
    """

    def __init__(self, client: Any, prefix: str) -> None:  # noqa: ANN401 - boto3 makes its classes
        self._client = client
        self.name = f"/{prefix}/signing-secret"

    def exists(self) -> bool:
        """Return whether it exists; without reading it, for those who may not."""
        chosen = [{"Key": "Name", "Values": [self.name]}]
        return bool(self._client.describe_parameters(ParameterFilters=chosen)["Parameters"])

    def read(self) -> tuple[list[str], float]:
        """Return the secrets, and since when they are there (Unix, seconds); no secret where there is no parameter."""
        try:
            found = self._client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]
        except self._client.exceptions.ParameterNotFound:
            return [], 0
        return found["Value"].split("\n"), found["LastModifiedDate"].timestamp()

    def write(self, secrets: Sequence[str]) -> None:
        """Write one secret or two, encrypted."""
        self._client.put_parameter(Name=self.name, Value="\n".join(secrets), Type="SecureString", Overwrite=True)

    def delete(self) -> bool:
        """Delete it; return whether it existed."""
        try:
            self._client.delete_parameter(Name=self.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return False
            raise
        return True
