"""Reads the HS256 secret from the store that holds it.

While `make rotate-keys` replaces the secret, the store holds the old and the new one, each on a line. Both are valid.
"""

from typing import Any

from authorizer import secret_strength

# A decision waits for the secret, and API Gateway for the decision, so a late secret is as bad as none.
_CONNECT_SECONDS = 1
_READ_SECONDS = 2

_MOST_SECRETS = 2


class SigningSecretError(Exception):
    """The secret cannot be read, or must not be used; the text names its ARN but nothing of the secret."""

    def __init__(self, arn: str, problem: str, *, is_final: bool = False) -> None:
        """`is_final`: the store answered, but its secret must not be used."""
        super().__init__(f"the signing secret {arn} {problem}")
        self.arn = arn
        self.is_final = is_final


def load(arn: str) -> tuple[bytes, ...]:
    """Return the secret, or both, of an ARN: an SSM parameter, decrypted, or a secret of Secrets Manager.

    This makes one attempt; the caller decides when to try again. Raises SigningSecretError.
    """
    # arn:<partition>:<service>:<region>:<account>:<resource>
    _, _, service, region, *_ = (*arn.split(":"), "", "", "", "")
    if service not in _READERS:
        raise SigningSecretError(arn, "is neither a parameter of SSM nor a secret of Secrets Manager")
    # Imported here, because RS256 never needs it and it takes a third of a second.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    settings = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})
    try:
        client = boto3.client(service, region_name=region, config=settings)
        read = _READERS[service](client, arn)
    except ClientError as error:
        raise SigningSecretError(arn, f"cannot be read: {error.response['Error']['Code']}") from None
    except (BotoCoreError, KeyError) as error:  # KeyError: the answer has no value
        raise SigningSecretError(arn, f"cannot be read: {type(error).__name__}") from None
    secrets = read.split(b"\n")
    if len(secrets) > _MOST_SECRETS:
        raise SigningSecretError(arn, f"has more than {_MOST_SECRETS} lines, one for each secret", is_final=True)
    for one in secrets:
        if problem := secret_strength.problem(one):
            raise SigningSecretError(arn, problem, is_final=True)
    return tuple(secrets)


def _read_parameter(client: Any, arn: str) -> bytes:  # noqa: ANN401 - boto3's clients have no type without its stubs
    # The role's permission is for the name: a path keeps its first slash, and a name without a path has none.
    path = arn.split(":", 5)[5].removeprefix("parameter")
    name = path if path.count("/") > 1 else path.removeprefix("/")
    value: str = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value.encode()


def _read_secret(client: Any, arn: str) -> bytes:  # noqa: ANN401
    answer = client.get_secret_value(SecretId=arn)
    octets: bytes = answer["SecretBinary"] if "SecretBinary" in answer else answer["SecretString"].encode()
    return octets


_READERS = {"ssm": _read_parameter, "secretsmanager": _read_secret}
