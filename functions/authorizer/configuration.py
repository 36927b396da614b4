"""Builds a handler from settings. A missing or wrong setting stops the function at its start, with a sentence."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from authorizer import access_model, jwks, revocations
from authorizer.ages import SETTINGS, Clocks
from authorizer.claims import Expected
from authorizer.decision_log import failed_renewal_line
from authorizer.download import download, may_download
from authorizer.errors import SecretError
from authorizer.handler import Handler
from authorizer.keys import Keys, Report, Secret
from authorizer.subjects import LEAST_KEY_OCTETS, MOST_KEY_OCTETS, subject_hasher
from authorizer.tokens import Signature, Verifier, hs256, rs256

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")  # as Terraform's plantimestamp()


class ConfigurationError(Exception):
    """The function cannot start; the text names the setting and its required form, but no value."""


def build_handler(
    settings: Mapping[str, str],
    access_model_text: str,
    *,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
    log: Callable[[str], object],
) -> Handler:
    """Return the Lambda handler; raises ConfigurationError.

    Args:
        settings: the environment, and SUBJECT_HASH_KEY from a layer. Required: ISSUERS, SUBJECT_HASH_KEY, and either
            JWKS or SIGNING_ALGORITHM=HS256 with SIGNING_SECRET_ARN. Optional: JWKS_FETCHED_AT, LEEWAY_SECONDS,
            STALE_IF_ERROR_SECONDS, MACHINE_CLIENTS and REVOCATIONS. Lambda sets AWS_LAMBDA_FUNCTION_NAME.
        access_model_text: the text of access_model.json.
        clock: Unix time in seconds.
        monotonic: seconds that never go back.
        log: writes a line.
    """
    try:
        found = access_model.parse(access_model_text)
    except access_model.AccessModelError as error:
        raise ConfigurationError(f"access_model.json cannot be used: {error}") from None
    function = settings.get("AWS_LAMBDA_FUNCTION_NAME") or "authorizer"
    verifier = build_verifier(
        settings,
        found,
        clock=clock,
        monotonic=monotonic,
        report=lambda problem, left: log(failed_renewal_line(function, problem, left, clock())),
    )
    clients = machine_clients(settings, found)
    return Handler(verifier, found, clients, function=function, clocks=Clocks(clock, monotonic), log=log)


def build_verifier(
    settings: Mapping[str, str],
    found: access_model.AccessModel,
    *,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
    report: Report = lambda _problem, _left: None,
) -> Verifier:
    """Return the verifier of tokens, made of the same parts as in build_handler; raises ConfigurationError.

    `report` is called if the issuer's keys, or the secret, cannot be renewed.
    """
    issuers = _issuers(settings)
    expected = Expected(frozenset(issuers), found.audience, _seconds(settings, "LEEWAY_SECONDS"))
    hash_key = _required(settings, "SUBJECT_HASH_KEY")
    if not LEAST_KEY_OCTETS <= len(hash_key.encode()) <= MOST_KEY_OCTETS:
        raise ConfigurationError(f"SUBJECT_HASH_KEY has to have {LEAST_KEY_OCTETS} to {MOST_KEY_OCTETS} characters")
    revoked = revocations.parse(settings.get("REVOCATIONS"))
    signature = _signature(settings, issuers[0], Clocks(clock, monotonic), report)
    return Verifier(signature, expected, revoked, subject_hasher(hash_key), clock)


def machine_clients(settings: Mapping[str, str], found: access_model.AccessModel) -> Mapping[str, str]:
    """Return MACHINE_CLIENTS, from client ID to the name in the access model; raises ConfigurationError."""
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


def _signature(settings: Mapping[str, str], issuer: str, clocks: Clocks, report: Report) -> Signature:
    """Choose the one algorithm. Both kinds of key at once are a mistake, and so is neither."""
    algorithm = settings.get("SIGNING_ALGORITHM") or "RS256"
    stale_if_error_seconds = _seconds(settings, "STALE_IF_ERROR_SECONDS")
    if algorithm == "HS256":
        if settings.get("JWKS"):
            raise ConfigurationError("JWKS is for RS256; SIGNING_ALGORITHM=HS256 takes SIGNING_SECRET_ARN alone")
        load = partial(_load_secrets, _required(settings, "SIGNING_SECRET_ARN"))
        return hs256(Secret(load, clocks, stale_if_error_seconds, report).find)
    if algorithm != "RS256":
        raise ConfigurationError("SIGNING_ALGORITHM has to be RS256 or HS256")
    if settings.get("SIGNING_SECRET_ARN"):
        raise ConfigurationError("SIGNING_SECRET_ARN is for SIGNING_ALGORITHM=HS256 only; RS256 takes JWKS")
    try:
        known = jwks.read(_required(settings, "JWKS"))
    except jwks.KeySetError as error:
        raise ConfigurationError(f"JWKS cannot be used: {error}") from None
    fetch = partial(download, f"{issuer}.well-known/jwks.json")
    return rs256(Keys(known, fetch, clocks, stale_if_error_seconds, report, _fetched_at(settings)).find)


def _fetched_at(settings: Mapping[str, str]) -> float | None:
    text = settings.get("JWKS_FETCHED_AT")
    if not text:
        return None
    if not _MOMENT.fullmatch(text):
        raise ConfigurationError("JWKS_FETCHED_AT has to be a moment in UTC as ISO 8601, in whole seconds")
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise ConfigurationError("JWKS_FETCHED_AT is no date of the calendar") from None


def _load_secrets(arn: str) -> tuple[bytes, ...]:
    # Imported here, because RS256 needs none of it, and boto3 takes longer than the rest of a cold start.
    from authorizer import signing_secret

    try:
        return signing_secret.load(arn)
    except signing_secret.SigningSecretError as error:
        raise SecretError(str(error), is_final=error.is_final) from None


def _seconds(settings: Mapping[str, str], name: str) -> int:
    bounds = SETTINGS[name]
    try:
        value = int(settings.get(name) or bounds.default)
    except ValueError:
        value = -1
    if not bounds.least <= value <= bounds.most:
        raise ConfigurationError(f"{name} has to be a whole number from {bounds.least} to {bounds.most}")
    return value


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name)
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value
