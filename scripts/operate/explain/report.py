"""Puts the explanation into words, without the signature, e-mail addresses and names."""

import json
from collections.abc import Iterator, Mapping

from scripts.operate.explain.deployed_access_model import DeployedAccessModel
from scripts.operate.explain.unverified import Unverified, lines, safe, when
from scripts.operate.explain.verdict import Verdict

_STATUS = {True: "allow", False: "deny"}
_DATE_REASONS = frozenset({"expired", "not_yet_valid"})


def report(token: Unverified, access_model: DeployedAccessModel, verdict: Verdict, now: float) -> Iterator[str]:
    """Yield the lines of the explanation of a token at `now` (Unix time, seconds)."""
    yield f"Decided by {access_model.origin}."
    if access_model.differing:
        names = ", ".join(access_model.differing)
        yield f"Its code is not this checkout's, by which the rest is found: {names} differ."
    yield ""
    yield from _block("header", lines(token.header, now))
    yield from _block("claims", lines(token.claims, now))
    yield from _block("verdict", _verdict(token, access_model.settings, verdict, now))
    yield from _block("routes", _routes(token, verdict))


def _block(title: str, content: Iterator[str]) -> Iterator[str]:
    yield title
    for line in content:
        yield f"  {line}"
    yield ""


def _verdict(token: Unverified, settings: Mapping[str, str], verdict: Verdict, now: float) -> Iterator[str]:
    status = "401 everywhere" if verdict.decision == "unauthorized" else "good"
    yield f"{status}: {verdict.reason}. {verdict.sentence}"
    if (shown := _value(token, verdict, now)) is not None:
        yield f"what failed: {shown}"
    if (key_id := token.header.get("kid")) is not None and not _is_known(settings, key_id):
        issuer = settings.get("ISSUERS", "").partition(" ")[0]
        yield f"the key {safe(key_id)} was not known at deployment: {issuer}.well-known/jwks.json was asked for it"
    yield f"revoked, by its {verdict.revoked}" if verdict.revoked else "not revoked"
    if verdict.subject_hash:
        yield f"in the authorizer's log as subject {verdict.subject_hash}"


def _value(token: Unverified, verdict: Verdict, now: float) -> str | None:
    """Return the value that failed; None if there is none or it is a part of the token, such as the signature."""
    value = verdict.value
    if verdict.reason == "revoked":
        return None  # the value is the kind of the entry, which has its own line
    if verdict.reason in _DATE_REASONS and isinstance(value, int | float):
        return f"{safe(value)} ({when(value, now)})"
    if isinstance(value, list) or (isinstance(value, str | int | float) and str(value) not in token.token):
        return safe(value)
    return None


def _is_known(settings: Mapping[str, str], key_id: object) -> bool:
    if "JWKS" not in settings:
        return True  # HS256 has one secret and no names
    return any(key.get("kid") == key_id for key in json.loads(settings["JWKS"])["keys"])


def _connection(token: Unverified) -> str:
    """Return the connection that a user's `sub` names; empty for a machine."""
    connection, bar, _ = (token.text("sub") or "").partition("|")
    return connection if bar else ""


def _routes(token: Unverified, verdict: Verdict) -> Iterator[str]:
    if verdict.decision == "unauthorized":
        yield "Each answers 401. Were the token good, its claims would mean:"
    width = max((len(route.name) for route in verdict.routes), default=0)
    for route in verdict.routes:
        yield f"{_STATUS[route.is_allowed].ljust(5)}  {route.name.ljust(width)}  {route.why}"
    opens_nothing = verdict.decision != "unauthorized" and not any(route.is_allowed for route in verdict.routes)
    if opens_nothing and _connection(token):
        yield ""
        yield f"The connection is that of `sub`, here {safe(_connection(token))}. A linked account keeps the `sub`"
        yield "of its primary identity, whichever one signs in (docs/linked-accounts.md)."
    if not verdict.routes:
        yield "nothing, for the token names nobody"
