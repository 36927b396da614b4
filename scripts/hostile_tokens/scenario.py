"""The scenario of the rows: the public facts of a tenant and its APIs, the attacker's keys, the sender's secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from scripts.errors import UserError
from scripts.hostile_tokens.jose import compose, public_key, rsa

SECOND_ISSUER = "https://login.streaming.example/"  # the custom domain of Setup.TWO_ISSUERS
MACHINE_CLIENT, MACHINE_CLIENT_ID = "reporting", "r3p0rt1ngM4ch1neCl1ent"  # the client of Setup.MACHINE_CLIENT
REVOKED, ENDED = "revoked", "ended"  # for each kind, the entry of Setup.REVOKED, and its entry that has expired
ELSEWHERE = "https://attacker.example"
USER = "gatehouse-attack"  # the part of `sub` after the connection


def new_key(bits: int = 2_048) -> RSAPrivateKey:
    """Return a fresh RSA key."""
    return generate_private_key(65_537, bits)


@dataclass(frozen=True)
class Target:
    """The operation that each row calls, and two connections of access.yaml: only one of them grants it."""

    path: str
    connection: str  # grants the operation
    scopes: tuple[str, ...]
    foreign_connection: str  # does not
    foreign_scopes: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One tenant as a row's recipe sees it."""

    issuer: str
    audience: str
    client_id: str  # the site's application
    target: Target
    now: int  # Unix time, seconds
    leeway: int  # seconds
    key_set: Sequence[Mapping[str, Any]]  # the public JWKs that the issuer publishes
    key: RSAPrivateKey | None = None  # the private half of the first key
    other_key: RSAPrivateKey | None = None  # that of the second key
    secret: bytes | None = None  # for Setup.SHARED_SECRET
    token: str | None = None  # a good access token
    flawed_keys: Mapping[str, RSAPrivateKey] = field(default_factory=dict)  # of Setup.FLAWED_KEYS, by `kid`
    attacker_key: RSAPrivateKey = field(default_factory=new_key)

    @property
    def signing_key(self) -> RSAPrivateKey:
        """The issuer's private key, for rows of Need.KEY only."""
        if self.key is None:
            raise LookupError("this scenario does not hold the issuer's private key")
        return self.key

    @property
    def other_signing_key(self) -> RSAPrivateKey:
        """The private half of the issuer's second key, for rows of Need.KEY only."""
        if self.other_key is None:
            raise LookupError("this scenario does not hold the issuer's second private key")
        return self.other_key

    @property
    def shared_secret(self) -> bytes:
        """The secret that the tenant signs with, for rows of Setup.SHARED_SECRET only."""
        if self.secret is None:
            raise LookupError("this scenario does not hold the shared secret")
        return self.secret

    @property
    def kid(self) -> str:
        """The name of the signing key."""
        return str(self.key_set[0]["kid"])

    @property
    def other_kid(self) -> str:
        """The name of another published key; if there is none, a name that no key has."""
        return str(self.key_set[1]["kid"]) if len(self.key_set) > 1 else f"{self.kid}-next"

    @cached_property
    def public_key(self) -> RSAPublicKey:
        """The issuer's public key."""
        return public_key(self.key_set[0])

    @property
    def method_arn(self) -> str:
        """The method ARN of the target operation."""
        return f"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET{self.target.path}"

    def header(self) -> dict[str, object]:
        """Return the header of a good token."""
        return {"alg": "RS256", "typ": "JWT", "kid": self.kid}

    def claims(self) -> dict[str, object]:
        """Return the claims of a good token, as Auth0 writes them for a request that also asks for `openid`."""
        return {
            "iss": self.issuer,
            "sub": f"{self.target.connection}|{USER}",
            "aud": [self.audience, f"{self.issuer}userinfo"],
            "iat": self.now - 60,
            "exp": self.now + 3_600,
            "scope": " ".join(("openid", "profile", *self.target.scopes)),
            "azp": self.client_id,
        }

    def good_token(self) -> str:
        """Return a good token: the given one, or one that the issuer's key signs."""
        return self.token or compose(self.header(), self.claims(), rsa(self.signing_key))

    def event(self, authorization: object) -> dict[str, object]:
        """Return the event of a TOKEN authorizer."""
        event = {"type": "TOKEN", "authorizationToken": authorization, "methodArn": self.method_arn}
        return {name: value for name, value in event.items() if value is not None}


def find_target(access_model: Mapping[str, Any], connection: str | None = None) -> Target:
    """Choose an operation that one connection (if given, `connection`) opens and another does not.

    Raises:
        UserError: access.yaml has no two such connections.
    """
    for operation in access_model["operations"]:
        if operation["method"] != "GET" or "{" in operation["path"]:
            continue
        opens = {
            name: any(set(needed) <= set(scopes) for needed in operation["any_of"])
            for name, scopes in access_model["connections"].items()
        }
        granted = [name for name, is_open in opens.items() if is_open and connection in {name, None}]
        refused = [name for name, is_open in opens.items() if not is_open]
        if granted and refused:
            scopes, foreign_scopes = (tuple(access_model["connections"][names[0]]) for names in (granted, refused))
            return Target(operation["path"], granted[0], scopes, refused[0], foreign_scopes)
    raise UserError(
        f"no list of the site is open to {connection or 'one connection'} and closed to another connection; "
        "the hostile tokens need that difference."
    )
