"""The possible callers of an API, and an issuer whose tokens the authorizer accepts."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from scripts.build.data_files.operations import operations
from scripts.build.data_files.project import Project

CONNECTION, MACHINE_CLIENT, NOBODY = "connection", "machine_client", "nobody"
LIFETIME_SECONDS = 3_600
STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"
"""Any account and stage will do: a decision depends only on the API, the first segment of the path."""

type Event = Mapping[str, str]
"""An event of a TOKEN authorizer, as API Gateway sends it."""

_ISSUER = "https://review.invalid/"
_KEY_ID = "review"


@dataclass(frozen=True)
class Caller:
    """A connection or machine client of access.yaml with its granted scopes, or nobody: a request without a token."""

    kind: str
    name: str
    display_name: str
    scopes: frozenset[str]

    def __str__(self) -> str:
        """The caller for people."""
        return f"{self.display_name} (machine)" if self.kind == MACHINE_CLIENT else self.display_name


ANONYMOUS = Caller(NOBODY, "", "nobody", frozenset())


def callers(project: Project) -> list[Caller]:
    """Return the connections, the machine clients, and nobody."""
    return [
        *(
            Caller(kind, name, grantee["display_name"], frozenset(grantee["scopes"]))
            for section, kind in (("connections", CONNECTION), ("machine_clients", MACHINE_CLIENT))
            for name, grantee in sorted(project.access[section].items())
        ),
        ANONYMOUS,
    ]


def named_scopes(project: Project, api: str) -> frozenset[str]:
    """Return the scopes that an API's operations name; none if the API does not exist."""
    document = project.apis.get(api)
    found = [] if document is None else [*operations(document)]
    return frozenset(scope for each in found for needed in each.any_of or () for scope in needed)


class Issuer:
    """Plays a tenant: has a signing key, and issues any caller an access token with any scopes.

    A real tenant grants less. So the comparison shows any decision that relies on the tenant's restraint.
    """

    def __init__(self, now: float | None = None) -> None:
        """Create a key; tokens are issued at `now` (Unix time, by default the present)."""
        self._key = generate_private_key(65537, 2048)
        self.now = int(time.time() if now is None else now)

    @property
    def ends(self) -> float:
        """A time at which every token of this issuer has expired, leeway included."""
        return self.now + LIFETIME_SECONDS + 3_600

    def settings(self, machine_clients: Iterable[str]) -> dict[str, str]:
        """Return the environment of an authorizer that trusts this issuer."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {
            "ISSUERS": _ISSUER,
            "SUBJECT_HASH_KEY": "only for comparing decisions, on one machine",
            "JWKS": json.dumps({"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}),
            "MACHINE_CLIENTS": json.dumps({_client_id(name): name for name in machine_clients}),
        }

    def event(self, caller: Caller, api: str, audience: str, scopes: Iterable[str], *, expired: bool = False) -> Event:
        """Return API Gateway's event for a request to the API's list with a caller's token."""
        token = "" if caller.kind == NOBODY else self._token(caller, audience, sorted(scopes), expired=expired)
        return {
            "type": "TOKEN",
            "methodArn": f"{STAGE_ARN}/GET/{api}",
            "authorizationToken": f"Bearer {token}",
        }

    def _token(self, caller: Caller, audience: str, scopes: list[str], *, expired: bool) -> str:
        issued = self.now - (2 * LIFETIME_SECONDS if expired else 0)
        claims: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": audience,
            "iat": issued,
            "exp": issued + LIFETIME_SECONDS,
            "scope": " ".join(scopes),
            "permissions": scopes,  # counts if access.yaml turns Auth0's roles on
        }
        if caller.kind == MACHINE_CLIENT:
            client = _client_id(caller.name)
            claims |= {"sub": f"{client}@clients", "azp": client, "gty": "client-credentials"}
        else:
            claims |= {"sub": f"{caller.name}|review", "azp": "review"}
        return jwt.encode(claims, self._key, "RS256", {"kid": _KEY_ID})


def _client_id(name: str) -> str:
    return f"id-of-{name}"
