"""Random ids and secrets in Auth0's forms; how to compare a secret, and how to store one."""

import hashlib
import hmac
import secrets
import string
import uuid

_ALPHANUMERIC = string.ascii_letters + string.digits


def alphanumeric(length: int) -> str:
    """Return random letters and digits."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


def client_id() -> str:
    """Return an application's id: 32 letters and digits."""
    return alphanumeric(32)


def third_party_client_id() -> str:
    """Return the id of a third-party application under the strict rules, such as `tpc_vbc2Y77hGZfbhkSi7y3gTh`."""
    return f"tpc_{alphanumeric(22)}"


def secret() -> str:
    """Return 64 URL-safe characters, 384 random bits."""
    return secrets.token_urlsafe(48)


def object_id() -> str:
    """Return an API's id: 24 hexadecimal digits."""
    return secrets.token_hex(12)


def prefixed(prefix: str) -> str:
    """Return an id such as `con_NrzT0EcLaRRxp1zk`."""
    return f"{prefix}_{alphanumeric(16)}"


def action_id() -> str:
    """Return an Action's id: a UUID."""
    return str(uuid.uuid4())


def fingerprint(value: str) -> str:
    """Return the hash under which the store keeps a code, token or cookie; it does not reveal the secret."""
    return hashlib.sha256(_bytes(value)).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def _bytes(value: str) -> bytes:
    # JSON may contain half a surrogate pair, which UTF-8 cannot encode; comparing it must not fail.
    return value.encode("utf-8", "surrogatepass")
