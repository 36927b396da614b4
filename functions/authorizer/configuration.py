"""From settings to a handler: what is missing or wrong stops the function at its start, with a sentence for it."""

import json
from collections.abc import Callable, Mapping
from functools import partial

from authorizer import access_model, jwks, revocations
from authorizer.claims import Expected
from authorizer.decision_log import failed_renewal_line
from authorizer.download import download, may_download
from authorizer.errors import SecretError
from authorizer.handler import Handler, make_handler
from authorizer.keys import HARD_AGE_SECONDS, Keys, Secret
from authorizer.subjects import LEAST_KEY_OCTETS, MOST_KEY_OCTETS, subject_hasher
from authorizer.tokens import Signature, Verifier, hs256, rs256

DEFAULT_LEEWAY_SECONDS, MOST_LEEWAY_SECONDS = 5, 60
LEAST_HARD_AGE_SECONDS = 7_200  # twice the soft age, so that an outage of an hour refuses nobody
MOST_HARD_AGE_SECONDS = 604_800


class ConfigurationError(Exception):
    """The function cannot start; the text names the setting and what it has to be, and shows no value."""


def build_handler(
    settings: Mapping[str, str],
    access_model_text: str,
    *,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
    log: Callable[[str], object],
) -> Handler:
    """Return the Lambda handler for settings and the text of access_model.json; raises ConfigurationError.

    Settings: ISSUERS, SUBJECT_HASH_KEY, and JWKS or SIGNING_ALGORITHM=HS256 with SIGNING_SECRET_ARN; optional are
    LEEWAY_SECONDS, HARD_AGE_SECONDS, MACHINE_CLIENTS and REVOCATIONS. `clock` is Unix time in seconds, `monotonic`
    measures durations in seconds and never goes back, `log` writes a line of JSON.
    """
    try:
        found = access_model.parse(access_model_text)
    except access_model.AccessModelError as error:
        raise ConfigurationError(f"access_model.json cannot be used: {error}") from None
    verifier = build_verifier(
        settings,
        found,
        clock=clock,
        monotonic=monotonic,
        report=lambda problem: log(failed_renewal_line(problem, clock())),
    )
    clients = machine_clients(settings, found)
    return make_handler(verifier, found, clients, clock=clock, timer=monotonic, log=log)


def build_verifier(
    settings: Mapping[str, str],
    found: access_model.AccessModel,
    *,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
    report: Callable[[str], object] = lambda _problem: None,
) -> Verifier:
    """Return what verifies the tokens for settings and access model, as in build_handler; raises ConfigurationError.

    `report` is told when the issuer's keys cannot be renewed.
    """
    issuers = _issuers(settings)
    expected = Expected(frozenset(issuers), found.audience, _seconds(settings, "LEEWAY_SECONDS"))
    hash_key = _required(settings, "SUBJECT_HASH_KEY")
    if not LEAST_KEY_OCTETS <= len(hash_key.encode()) <= MOST_KEY_OCTETS:
        raise ConfigurationError(f"SUBJECT_HASH_KEY has to have {LEAST_KEY_OCTETS} to {MOST_KEY_OCTETS} characters")
    revoked = revocations.parse(settings.get("REVOCATIONS"))
    signature = _signature(settings, issuers[0], monotonic, report)
    return Verifier(signature, expected, revoked, subject_hasher(hash_key), clock)


def machine_clients(settings: Mapping[str, str], found: access_model.AccessModel) -> Mapping[str, str]:
    """Return MACHINE_CLIENTS, client ID to the name that the access model uses; raises ConfigurationError."""
    wanted = "MACHINE_CLIENTS has to be a JSON object from client IDs to names of machine_clients in access_model.json"
    try:
        clients = json.loads(settings.get("MACHINE_CLIENTS") or "{}")
    except (ValueError, RecursionError):
        raise ConfigurationError(wanted) from None
    if not isinstance(clients, dict) or not all(
        isinstance(name, str) and name in found.machine_clients for name in clients.values()
    ):
        raise ConfigurationError(wanted)
    return clients


def _issuers(settings: Mapping[str, str]) -> list[str]:
    issuers = _required(settings, "ISSUERS").split(" ")
    if not all(issuer.endswith("/") and may_download(issuer) for issuer in issuers):
        raise ConfigurationError(
            "ISSUERS has to be https URLs that end in a slash, one space between them; http is for this machine only"
        )
    return issuers


def _signature(
    settings: Mapping[str, str], issuer: str, monotonic: Callable[[], float], report: Callable[[str], object]
) -> Signature:
    """Choose the one algorithm; both kinds of key at once is a mistake, and so is neither."""
    algorithm = settings.get("SIGNING_ALGORITHM") or "RS256"
    if algorithm == "HS256":
        if settings.get("JWKS"):
            raise ConfigurationError("JWKS has no place beside SIGNING_ALGORITHM=HS256; give SIGNING_SECRET_ARN alone")
        return hs256(Secret(partial(_load_secret, _required(settings, "SIGNING_SECRET_ARN")), monotonic).find)
    if algorithm != "RS256":
        raise ConfigurationError("SIGNING_ALGORITHM has to be RS256 or HS256")
    if settings.get("SIGNING_SECRET_ARN"):
        raise ConfigurationError("SIGNING_SECRET_ARN is for SIGNING_ALGORITHM=HS256 only; RS256 takes JWKS")
    try:
        known = jwks.read(_required(settings, "JWKS"))
    except jwks.KeySetError as error:
        raise ConfigurationError(f"JWKS cannot be used: {error}") from None
    fetch = partial(download, f"{issuer}.well-known/jwks.json")
    return rs256(Keys(known, fetch, monotonic, _seconds(settings, "HARD_AGE_SECONDS"), report).find)


def _load_secret(arn: str) -> bytes:
    # Here, because RS256 needs none of it: boto3 alone takes 2.8 times as long to import as PyJWT and cryptography.
    from authorizer import signing_secret

    try:
        return signing_secret.load(arn)
    except signing_secret.SigningSecretError as error:
        raise SecretError(str(error)) from None


SECONDS = {  # setting: default, least, most
    "LEEWAY_SECONDS": (DEFAULT_LEEWAY_SECONDS, 0, MOST_LEEWAY_SECONDS),
    "HARD_AGE_SECONDS": (HARD_AGE_SECONDS, LEAST_HARD_AGE_SECONDS, MOST_HARD_AGE_SECONDS),
}


def _seconds(settings: Mapping[str, str], name: str) -> int:
    default, least, most = SECONDS[name]
    try:
        value = int(settings.get(name) or default)
    except ValueError:
        value = -1
    if not least <= value <= most:
        raise ConfigurationError(f"{name} has to be a whole number from {least} to {most}")
    return value


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name)
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value
