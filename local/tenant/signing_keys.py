"""The tenant's RS256 keys: the current one, the next one, and the previous ones until they are revoked.

https://auth0.com/docs/get-started/tenant-settings/signing-keys
"""

import base64
import datetime
import functools
import hashlib
import secrets
import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from joserfc.jwk import KeySet, RSAKey

from local.tenant.encodings import base64url
from local.tenant.store import Collection, Document


class SigningKeys:
    """The keys by key id (`kid`), oldest first."""

    def __init__(self, collection: Collection) -> None:
        self._keys = collection
        for role in ("current", "next"):
            if not collection.find(**{role: True}):
                self._create(**{role: True})

    def current(self) -> tuple[str, RSAKey]:
        """Return the current key: its id and the private key."""
        document = self._keys.find(current=True)
        if document is None:
            raise LookupError("the tenant has no current signing key")
        return document["kid"], _private_key(document["private_key"])

    def current_certificate(self) -> str:
        """Return the current key's certificate (PEM)."""
        document = self._keys.find(current=True)
        if document is None:
            raise LookupError("the tenant has no current signing key")
        return str(document["certificate"])

    def trusted(self) -> KeySet:
        """Return the public keys of all keys that are not revoked."""
        return KeySet([RSAKey.import_key(document["jwk"]) for document in self._valid()])

    def jwks(self) -> dict[str, Any]:
        """Return the document at /.well-known/jwks.json."""
        return {"keys": [document["jwk"] for document in self._valid()]}

    def rotate(self) -> Document:
        """Make the next key current, keep the old one trusted, and create a new next key."""
        last, following = self._keys.find(current=True), self._keys.find(next=True)
        if last is None or following is None:
            raise LookupError("the tenant lacks a signing key")
        promoted = {**following, "next": False, "current": True, "current_since": time.time()}
        self._keys.put(last["kid"], {**last, "current": False, "previous": True})
        self._keys.put(promoted["kid"], promoted)
        self._create(next=True)
        return describe(promoted)

    def revoke(self, kid: str) -> Document | None:
        """Revoke a previous key. Return None if there is no such key; raise ValueError for the current or next one."""
        document = self._keys.get(kid)
        if document is None:
            return None
        if not document.get("previous"):
            raise ValueError(kid)
        revoked = {**document, "revoked": True, "revoked_at": time.time()}
        self._keys.put(kid, revoked)
        return describe(revoked)

    def descriptions(self) -> list[Document]:
        """Return every key in the Management API's form."""
        return [describe(document) for document in self._keys.values()]

    def _valid(self) -> list[Document]:
        return [document for document in self._keys.values() if not document.get("revoked")]

    def _create(self, **role: bool) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        kid = secrets.token_urlsafe(16)[:21]
        certificate = _self_signed(private)
        self._keys.put(
            kid,
            {
                "kid": kid,
                "private_key": pem.decode(),
                "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
                "jwk": _public_jwk(kid, certificate, RSAKey.import_key(pem)),
                "current_since": time.time(),
                **role,
            },
        )


def describe(document: Document) -> Document:
    """Return a key in the Management API's form (GET /api/v2/keys/signing)."""
    certificate = x509.load_pem_x509_certificate(document["certificate"].encode())
    digest = hashlib.sha1(certificate.public_bytes(serialization.Encoding.DER), usedforsecurity=False).hexdigest()
    roles = {role: True for role in ("current", "next", "previous") if document.get(role)}
    since = datetime.datetime.fromtimestamp(document["current_since"], datetime.UTC)
    return {
        "kid": document["kid"],
        "cert": document["certificate"],
        "pkcs7": pkcs7.serialize_certificates([certificate], serialization.Encoding.PEM).decode(),
        "fingerprint": ":".join(digest[start : start + 2] for start in range(0, len(digest), 2)).upper(),
        "thumbprint": digest.upper(),
        **roles,
        **({} if "next" in roles else {"current_since": since.isoformat(timespec="milliseconds")}),
        **({"revoked": True} if document.get("revoked") else {}),
    }


@functools.lru_cache(maxsize=4)
def _private_key(pem: str) -> RSAKey:
    # Cached: loading a key checks its primes, which takes longer than a signature.
    return RSAKey.import_key(pem)


def _public_jwk(kid: str, certificate: x509.Certificate, key: RSAKey) -> dict[str, Any]:
    der = certificate.public_bytes(serialization.Encoding.DER)
    thumbprint = base64url(hashlib.sha1(der, usedforsecurity=False).digest())
    public = key.as_dict(private=False)
    return {
        "kty": "RSA",
        "use": "sig",
        "n": public["n"],
        "e": public["e"],
        "kid": kid,
        "x5t": thumbprint,
        "x5c": [base64.b64encode(der).decode()],
        "alg": "RS256",
    }


def _self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=13 * 365))
        .sign(key, hashes.SHA256())
    )
