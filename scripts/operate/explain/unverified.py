"""Decodes a token for people, without verifying it: member by member, without e-mail addresses and names."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.errors import UserError

_SEGMENTS = 3
_JWE_SEGMENTS = 5
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_ASK_FOR_AUDIENCE = (
    "Auth0 gives such an access token when no audience was asked for: send `audience`, as auth0/access.yaml has it, "
    "with the sign-in."
)
_EMAIL = re.compile(r"[^\s@\"'<>|]+@[^\s@\"'<>|]+\.[^\s@\"'<>|]+")
_HIDDEN = "(hidden)"

# The personal claims of OpenID Connect Core §5.1 and Auth0's profile; a namespace, `https://.../email`, hides none.
_PERSONAL = frozenset(
    {"address", "birthdate", "email", "family_name", "given_name", "middle_name", "name", "nickname", "phone_number"}
    | {"picture", "preferred_username", "profile", "username", "website"}
)
_DATES = frozenset({"exp", "nbf", "iat", "auth_time", "updated_at"})

MEANINGS = {
    "alg": "how it is signed",
    "typ": "what kind of token it is",
    "kid": "which of the issuer's keys signed it",
    "iss": "who made it",
    "sub": "who signed in: connection|user, or a machine's client ID @clients",
    "aud": "which API it is for",
    "exp": "when it ends",
    "nbf": "from when it counts",
    "iat": "when it was made",
    "azp": "which application asked for it",
    "client_id": "which application asked for it (RFC 9068)",
    "gty": "how it was asked for",
    "scope": "what it claims to open",
    "permissions": "what the tenant's roles let it open",
    "jti": "its own name",
    "nonce": "binds an ID token to a sign-in: no access token has it",
    "cnf": "the sender's key that it is bound to",
}


@dataclass(frozen=True)
class Unverified:
    """A decoded token. Nothing in it is verified."""

    token: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """Return a claim that is a string, or None."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else None


def read(text: str) -> Unverified:
    """Decode a token, also a broken or forged one, as far as it can be read.

    `text` is the token, alone or as in a header (`Authorization: Bearer ...`).

    Raises:
        UserError: the text has no token, or none that can be read.
    """
    token = re.sub(r"(?i)^\s*(?:authorization\s*:)?\s*(?:bearer(?:\s+|$))?", "", text).strip()
    if not token:
        raise UserError("no token: pipe one in, as in `pbpaste | make explain`, or set TOKEN=...")
    segments = token.split(".")
    if len(segments) != _SEGMENTS or token[0] in _QUOTES or token[-1] in _QUOTES or any(map(str.isspace, token)):
        raise UserError(f"this is not a signed JSON Web Token: {_what_it_is(token, segments)}")
    header, claims = _decode(segments[0], "header"), _decode(segments[1], "claims")
    return Unverified(token, header, claims)


def _what_it_is(token: str, segments: list[str]) -> str:
    """Say which known mistake a text is, and what to do; the message repeats nothing of the text."""
    if token[0] in _QUOTES or token[-1] in _QUOTES:
        return "it is in quotes; give it without them."
    if token[0] == "{":
        return "it is an answer in JSON; give the value of its access_token alone."
    if any(map(str.isspace, token)):
        return "it has a space or a line break inside; give it in one piece."
    if len(segments) == _JWE_SEGMENTS:
        return f"it is encrypted (JWE, RFC 7516 §3), so only Auth0 can read it. {_ASK_FOR_AUDIENCE}"
    if len(segments) == 1:
        return f"it is opaque, it has no parts between dots, so only Auth0 knows what it says. {_ASK_FOR_AUDIENCE}"
    return f"it has {len(segments)} of three parts between dots; copy all of it."


def lines(members: Mapping[str, Any], now: float) -> Iterator[str]:
    """Yield a line for each member: its name, its value, and what it means."""
    width = max(map(len, members), default=0)
    for name, value in members.items():
        meaning = MEANINGS.get(name)
        yield f"{safe(name).ljust(width)}  {_shown(name, value, now)}" + (f"   {meaning}" if meaning else "")


def _decode(segment: str, name: str) -> Mapping[str, Any]:
    try:
        octets = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        value = json.loads(octets)
    except (binascii.Error, ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UserError(f"this is not a signed JSON Web Token: its {name} cannot be read as JSON.")
    return value


def _shown(name: str, value: object, now: float) -> str:
    if name.rpartition("/")[2].lower() in _PERSONAL:
        return _HIDDEN
    text = safe(value)
    if name in _DATES and type(value) in (int, float):
        return f"{text} ({when(float(value), now)})"  # type: ignore[arg-type]
    return text


def safe(value: object) -> str:
    """Return any value as one line that a terminal cannot take for a command, without e-mail addresses."""
    text = value if isinstance(value, str) and value.isprintable() and value.isascii() else json.dumps(value)
    return _EMAIL.sub(_HIDDEN, text)


def when(instant: float, now: float) -> str:
    """Return a Unix time by the local clock, and how far from `now` it is."""
    try:
        local = datetime.fromtimestamp(instant).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return "no date"
    distance = round(abs(instant - now))
    parts = [
        (distance // 86_400, "d"),
        (distance // 3_600 % 24, "h"),
        (distance // 60 % 60, "min"),
        (distance % 60, "s"),
    ]
    span = " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
    return f"{local}, {span} ago" if instant < now else f"{local}, in {span}"
