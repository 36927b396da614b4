"""Revocation: a token that was good until an operator revoked its user, its application, its key or the token."""

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category, Form, Need, Recipe, Setup
from scripts.hostile_tokens.recipes import issued
from scripts.hostile_tokens.scenario import ENDED, REVOKED, USER, Scenario

_REVOKED = "an operator revoked it (make revoke), and the entry has not ended"
_ALIKE = "an entry revokes exactly what it names"
_ENDED = "an entry ends by itself"

revoked = Category("the kill switch", Setup.REVOKED)


def _by_other_key(scenario: Scenario) -> str:
    return jose.compose(
        {**scenario.header(), "kid": scenario.other_kid}, scenario.claims(), jose.rsa(scenario.other_signing_key)
    )


ROWS = (
    revoked.refused("user-revoked", issued(lambda w: {"sub": f"{w.target.connection}|{REVOKED}"}), _REVOKED),
    revoked.refused("application-revoked-by-azp", issued({"azp": REVOKED}), _REVOKED),
    revoked.refused("application-revoked-by-client_id", issued({"client_id": REVOKED}, without=["azp"]), _REVOKED),
    revoked.refused("key-revoked", Recipe(Form.TOKEN, Need.KEY, _by_other_key), _REVOKED),
    revoked.refused("token-revoked", issued({"jti": REVOKED}), _REVOKED),
    revoked.allowed("good-token-next-to-revoked-ones", issued(), _ALIKE),
    revoked.allowed("user-whose-revocation-ended", issued(lambda w: {"sub": f"{w.target.connection}|{ENDED}"}), _ENDED),
    revoked.allowed("token-whose-revocation-ended", issued({"jti": ENDED}), _ENDED),
    revoked.allowed(
        "user-called-almost-like-a-revoked-one", issued(lambda w: {"sub": f"{w.target.connection}|{REVOKED}2"}), _ALIKE
    ),
    revoked.allowed("token-named-like-a-revoked-application", issued({"jti": f"client:{REVOKED}"}), _ALIKE),
    revoked.allowed("token-named-in-another-case", issued({"jti": REVOKED.upper()}), _ALIKE),
    revoked.allowed(
        "application-named-like-a-revoked-user", issued(lambda w: {"azp": f"{w.target.connection}|{REVOKED}"}), _ALIKE
    ),
    revoked.denied(
        "user-of-another-connection-called-like-a-revoked-one",
        issued(lambda w: {"sub": f"{w.target.foreign_connection}|{REVOKED}"}),
        "another user, who was never granted it",
    ),
    revoked.allowed(
        "user-with-a-revoked-name-after", issued(lambda w: {"sub": f"{w.target.connection}|{USER}|{REVOKED}"}), _ALIKE
    ),
)
