"""The key of Terraform's application in the tenant (private_key_jwt): during a rotation, two keys are valid.

The first run adds the key in NEW_KEY, and creates the file if it does not exist. Then load that key wherever Terraform
runs. A run that has loaded the new key proves it to the tenant and removes all other keys.
https://auth0.com/docs/get-started/applications/rotate-credentials
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from scripts import confirmation
from scripts.console import detail, step
from scripts.errors import UserError
from scripts.management_api import ManagementApi
from scripts.operate.rotate_keys.rotation import Rotation

_BITS = 2_048
_KEY, _ALGORITHM = "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", "AUTH0_CLIENT_ASSERTION_SIGNING_ALG"
_METHOD = "private_key_jwt"


def rotate(rotation: Rotation) -> None:
    """Add the new key or, if it is loaded already, remove the others."""
    shell = rotation.tenant.shell
    client_id, loaded = shell.get("AUTH0_CLIENT_ID"), shell.get(_KEY)
    if not client_id or not loaded:
        raise UserError(f"load the application's present key: AUTH0_CLIENT_ID, {_KEY} and {_ALGORITHM}.")
    with ManagementApi(rotation.tenant.tenant_url, shell) as api:
        step(f"Reading the keys of the application {client_id}")
        named = _named(api, client_id)
        listed = [one for one in api.get(f"clients/{client_id}/credentials") if one["id"] in named]
        newest = max(listed, key=lambda one: str(one["created_at"]), default=None)
        if newest and len(listed) > 1 and newest.get("name") == _name(_read(loaded.encode())):
            _remove(rotation, api, client_id, [one for one in listed if one is not newest])
        else:
            _add(rotation, api, client_id, listed)


def _name(key: rsa.RSAPrivateKey) -> str:
    """Return the key's name in the tenant: the hash of its public half."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"gatehouse {hashlib.sha256(public).hexdigest()[:32]}"


def _add(rotation: Rotation, api: ManagementApi, client_id: str, listed: list[Mapping[str, Any]]) -> None:
    file = rotation.shell.get("NEW_KEY", "")
    if not file:
        raise UserError("name the file of the new key, which is created if it does not exist: NEW_KEY=<file>.")
    path = Path(file)
    detail(f"{'the key in' if path.exists() else 'a new key, which is written to'} {path} becomes good")
    detail("the loaded key stays valid until you run this command with the new key loaded")
    if rotation.dry_run:
        return
    confirmation.require_name(rotation.environment.name, rotation.confirmed, to="add a key to the application")
    key = _read(path.read_bytes()) if path.exists() else _make(path)
    if _name(key) not in {one.get("name") for one in listed}:
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        algorithm = rotation.tenant.shell.get(_ALGORITHM, "RS256")
        body = {"credential_type": "public_key", "name": _name(key), "pem": pem, "alg": algorithm}
        made = _unnamed(api, client_id, _name(key)) or api.send("POST", f"clients/{client_id}/credentials", body=body)
        _write_names(api, client_id, [*(one["id"] for one in listed), made["id"]])
    _prove(rotation, path)
    step(f"The key in {path} works: put it into {_KEY} wherever Terraform runs")
    detail("then run the same command there once more, which removes the previous key")


def _remove(rotation: Rotation, api: ManagementApi, client_id: str, others: list[Mapping[str, Any]]) -> None:
    detail(f"the loaded key is good; the one of {', '.join(one['created_at'][:10] for one in others)} ends now")
    if rotation.dry_run:
        return
    confirmation.require_name(rotation.environment.name, rotation.confirmed, to="remove the application's other key")
    _prove(rotation, None)
    ending = {one["id"] for one in others}
    _write_names(api, client_id, [one for one in _named(api, client_id) if one not in ending])
    for one in ending:
        api.send("DELETE", f"clients/{client_id}/credentials/{one}")
    step("Only the loaded key is valid from now on")


def _prove(rotation: Rotation, path: Path | None) -> None:
    """Get a token with the key in a file, or with the loaded one; ManagementError if the tenant refuses it."""
    shell = {
        name: value
        for name, value in rotation.tenant.shell.items()
        if name not in {"AUTH0_API_TOKEN", "AUTH0_CLIENT_SECRET"}
    }
    with ManagementApi(rotation.tenant.tenant_url, shell | ({_KEY: path.read_text("utf-8")} if path else {})) as api:
        detail(f"the tenant gives a token for it, with {len(api.scopes)} scopes")


def _named(api: ManagementApi, client_id: str) -> list[str]:
    """Return the ids of the valid credentials: those that the application names."""
    methods = api.get(f"clients/{client_id}").get("client_authentication_methods") or {}
    if _METHOD not in methods:
        raise UserError(
            f"the application {client_id} has a client secret and no key: rotate the secret in Auth0's dashboard."
        )
    return [one["id"] for one in methods[_METHOD]["credentials"]]


def _unnamed(api: ManagementApi, client_id: str, name: str) -> Mapping[str, Any] | None:
    """Return the credential that an interrupted run created, if the application does not name it yet."""
    return next((one for one in api.get(f"clients/{client_id}/credentials") if one.get("name") == name), None)


def _write_names(api: ManagementApi, client_id: str, ids: list[str]) -> None:
    methods = {_METHOD: {"credentials": [{"id": one} for one in ids]}}
    api.send("PATCH", f"clients/{client_id}", body={"client_authentication_methods": methods})


def _make(path: Path) -> rsa.RSAPrivateKey:
    """Create a key and write it to a file that only its owner can read."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return key


def _read(pem: bytes) -> rsa.RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise UserError("this is not a private key: give the PEM itself, without a passphrase.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise UserError("this is not an RSA key, and Auth0 accepts only RSA here.")
    return key
