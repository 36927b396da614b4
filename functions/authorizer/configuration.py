"""From settings to a handler: what is missing or wrong stops the function at its start, with a sentence for it."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from jwt.exceptions import InvalidKeyError

from authorizer import jwks, rules
from authorizer.claims import Expected
from authorizer.download import download, may_download
from authorizer.handler import Handler, make_handler
from authorizer.keys import Keys
from authorizer.tokens import Hs256, Rs256, Signature, Verifier

DEFAULT_LEEWAY_SECONDS = 5
MOST_LEEWAY_SECONDS = 300
LEAST_SECRET_BYTES = 32  # RFC 7518 §3.2: as long as the hash


class ConfigurationError(Exception):
    """The function cannot start; the text names the setting and what it has to be, and shows no value."""


def build_handler(
    settings: Mapping[str, str],
    rules_text: str,
    *,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
    log: Callable[[dict[str, Any]], None],
) -> Handler:
    """Return the Lambda handler for settings and the text of rules.json; raises ConfigurationError.

    Settings: ISSUER; JWKS, or SIGNING_ALGORITHM=HS256 with SIGNING_SECRET; LEEWAY_SECONDS (optional). `clock` is Unix
    time in seconds, `monotonic` measures durations in seconds and never goes back.
    """
    try:
        found = rules.parse(rules_text)
    except rules.RulesError as error:
        raise ConfigurationError(f"rules.json cannot be used: {error}") from None
    leeway = _leeway(settings)
    issuer = _issuer(settings)
    signature = _signature(settings, issuer, monotonic)
    verifier = Verifier(signature, Expected(issuer, found.audience, leeway), clock)
    return make_handler(verifier.verify, found, leeway, log, monotonic)


def _issuer(settings: Mapping[str, str]) -> str:
    issuer = _required(settings, "ISSUER")
    if not issuer.endswith("/") or not may_download(issuer):
        raise ConfigurationError("ISSUER has to be an https URL that ends in a slash; http is for this machine only")
    return issuer


def _signature(settings: Mapping[str, str], issuer: str, monotonic: Callable[[], float]) -> Signature:
    """Choose the one algorithm; both kinds of key at once is a mistake, and so is neither."""
    algorithm = settings.get("SIGNING_ALGORITHM") or "RS256"
    if algorithm == "HS256":
        if settings.get("JWKS"):
            raise ConfigurationError("JWKS has no place beside SIGNING_ALGORITHM=HS256; give SIGNING_SECRET alone")
        secret = _required(settings, "SIGNING_SECRET").encode()
        wanted = f"SIGNING_SECRET has to be a secret of {LEAST_SECRET_BYTES} bytes or more, not a public key or a JWK"
        if len(secret) < LEAST_SECRET_BYTES:
            raise ConfigurationError(wanted)
        try:
            return Hs256(secret)
        except InvalidKeyError:
            raise ConfigurationError(wanted) from None
    if algorithm != "RS256":
        raise ConfigurationError("SIGNING_ALGORITHM has to be RS256 or HS256")
    if settings.get("SIGNING_SECRET"):
        raise ConfigurationError("SIGNING_SECRET is for SIGNING_ALGORITHM=HS256 only; RS256 takes JWKS")
    try:
        known = jwks.read(_required(settings, "JWKS"))
    except jwks.KeySetError as error:
        raise ConfigurationError(f"JWKS cannot be used: {error}") from None
    return Rs256(Keys(known, partial(download, f"{issuer}.well-known/jwks.json"), monotonic))


def _leeway(settings: Mapping[str, str]) -> float:
    text = settings.get("LEEWAY_SECONDS") or str(DEFAULT_LEEWAY_SECONDS)
    try:
        leeway = float(text)
    except ValueError:
        leeway = math.nan
    if not 0 <= leeway <= MOST_LEEWAY_SECONDS:
        raise ConfigurationError(f"LEEWAY_SECONDS has to be a number from 0 to {MOST_LEEWAY_SECONDS}")
    return leeway


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name)
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value
