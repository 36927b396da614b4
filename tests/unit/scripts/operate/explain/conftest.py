"""An issuer that signs tokens, and the settings of a deployed authorizer that trusts it."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://gatehouse.eu.auth0.com/"
AUDIENCE = "https://StreamingResourceServer"
ACCESS_MODEL = {
    "audience": AUDIENCE,
    "connections": {"amazon": ["read:Movies"], "google-oauth2": ["read:Devices"]},
    "machine_clients": {"nightly": ["read:Devices", "read:Movies"]},
    "role_based_access_control": False,
    "operations": [
        {"method": "GET", "path": "/devices", "any_of": [["read:Devices"]]},
        {"method": "GET", "path": "/movies/{id}", "any_of": [["read:Movies"], ["read:Devices", "read:Everything"]]},
    ],
}
ACCESS_MODEL_TEXT = json.dumps(ACCESS_MODEL)

type Sign = Callable[..., str]
"""Signs a good token with the given claims changed; `header` changes the header's members."""


@pytest.fixture(scope="session")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def settings(key: RSAPrivateKey) -> Mapping[str, str]:
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": "key-1", "use": "sig", "alg": "RS256"}
    jwk.pop("key_ops")
    return {
        "ISSUERS": ISSUER,
        "JWKS": json.dumps({"keys": [jwk]}),
        "SUBJECT_HASH_KEY": "a key that only the tests know",
        "MACHINE_CLIENTS": json.dumps({"machine-1": "nightly"}),
    }


@pytest.fixture
def sign(key: RSAPrivateKey) -> Sign:
    def make(header: Mapping[str, Any] | None = None, by: RSAPrivateKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "sub": "google-oauth2|1234",
            "aud": [AUDIENCE, f"{ISSUER}userinfo"],
            "iat": now - 60,
            "exp": now + 3600,
            "scope": "openid read:Devices",
            "azp": "spa",
        }
        return jwt.encode(good | claims, by or key, "RS256", headers={"kid": "key-1", **(header or {})})

    return make
