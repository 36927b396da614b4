"""HS256, if it is configured: only the one secret, only the one algorithm, and only access tokens."""

import base64
from collections.abc import Callable

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category, Form, Need, Recipe, Setup
from scripts.hostile_tokens.recipes import issued
from scripts.hostile_tokens.scenario import Scenario

_ONE = "the mode comes from the configuration: HS256 alone, never both kinds of key (RFC 8725 §3.1)"
_OTHER = "authenticated with another secret (RFC 7515 §5.2)"
_COVERS = "the code covers header and claims as they are sent (RFC 7515 §5.2)"
_WHOLE = "a code is compared whole (RFC 7518 §3.2)"
_NAME = "there is one secret, so `kid` chooses nothing"

shared = Category("HS256 with a shared secret", Setup.SHARED_SECRET)


def _mac(
    sign: Callable[[Scenario], jose.Sign] = lambda w: jose.mac(w.shared_secret),
    *,
    header: jose.Members | None = None,
    claims: jose.Members | None = None,
    without: str = "",
) -> Recipe:
    """Make the token of a tenant that signs with its API's secret, with some changes."""

    def make(scenario: Scenario) -> str:
        members = {**scenario.header(), "alg": "HS256", **(header or {})}
        members.pop(without, None)
        return jose.compose(members, {**scenario.claims(), **(claims or {})}, sign(scenario))

    return Recipe(Form.TOKEN, Need.KEY, make)


def _by(change: Callable[[bytes], bytes], digest: str = "SHA-256") -> Callable[[Scenario], jose.Sign]:
    return lambda scenario: jose.mac(change(scenario.shared_secret), digest)


def _cut(octets: int) -> Callable[[Scenario], jose.Sign]:
    return lambda scenario: lambda signed: jose.mac(scenario.shared_secret)(signed)[:octets]


_SECRETS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "a-newline-after": lambda secret: secret + b"\n",
    "its-first-half": lambda secret: secret[: len(secret) // 2],
    "its-base64": base64.b64encode,
    "its-hex": lambda secret: secret.hex().encode(),
    "one-that-differs-in-a-bit": lambda secret: bytes([secret[0] ^ 1]) + secret[1:],
    "another-of-its-length": lambda secret: bytes(len(secret)),
}

ROWS = (
    shared.allowed("HS256-by-the-secret", _mac(), "what is configured"),
    shared.allowed("HS256-without-a-kid", _mac(without="kid"), _NAME),
    shared.allowed("HS256-with-any-kid", _mac(header={"kid": "any"}), _NAME),
    shared.refused("RS256-by-the-issuer-where-HS256-is-configured", issued(), _ONE),
    shared.refused("HS256-called-RS256", _mac(header={"alg": "RS256"}), _ONE),
    shared.refused("HS256-called-none", _mac(header={"alg": "none"}), _ONE),
    shared.refused("HS256-called-hs256", _mac(header={"alg": "hs256"}), "`alg` compares exactly (RFC 7515 §4.1.1)"),
    shared.refused("HS384-by-the-secret", _mac(_by(bytes, "SHA-384"), header={"alg": "HS384"}), _ONE),
    shared.refused("HS512-by-the-secret", _mac(_by(bytes, "SHA-512"), header={"alg": "HS512"}), _ONE),
    shared.refused("HS512-by-the-secret-called-HS256", _mac(_by(bytes, "SHA-512")), _WHOLE),
    shared.refused("unsigned-where-HS256-is-configured", _mac(lambda _: jose.nothing, header={"alg": "none"}), _ONE),
    shared.refused("RS256-by-the-issuer-called-HS256-by-no-secret", issued(header={"alg": "HS256"}), _OTHER),
    shared.refused("HS256-with-kid-as-an-array", _mac(header={"kid": ["any"]}), "`kid` is a string (RFC 7515 §4.1.4)"),
    shared.refused(
        "HS256-with-the-secret-in-a-jwk",
        _mac(header={"jwk": {"kty": "oct", "k": "AA"}}),
        "no key is taken from a token",
    ),
    shared.refused("HS256-expired", _mac(claims={"exp": 1}), "claims are checked in either mode (RFC 7519 §4.1.4)"),
    *(shared.refused(f"HS256-by-{name}", _mac(_by(change)), _OTHER) for name, change in _SECRETS.items()),
    *(shared.refused(f"HS256-cut-to-{size}-octets", _mac(_cut(size)), _WHOLE) for size in (0, 1, 16, 31)),
    shared.refused(
        "HS256-over-the-claims-alone",
        _mac(lambda w: lambda signed: jose.mac(w.shared_secret)(signed.partition(b".")[2])),
        _COVERS,
    ),
)
