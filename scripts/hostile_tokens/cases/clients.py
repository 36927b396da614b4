"""The application that got the token: a browser's (`azp`), or a machine client (`gty`: client-credentials)."""

from scripts.hostile_tokens.case import Category, Recipe, Setup
from scripts.hostile_tokens.recipes import issued
from scripts.hostile_tokens.scenario import MACHINE_CLIENT, MACHINE_CLIENT_ID, Scenario

_NAMED = "an access token names its client: `azp` at Auth0, `client_id` in RFC 9068 §2.2"
_SHAPE = "a client's name is a filled string (RFC 6749 §2.2)"
_MACHINE = "a machine client of access.yaml, as Auth0 names it: `gty`, `sub` and `azp` agree"
_HALF_WAY = "half a machine token is none: `gty`, `sub` and `azp` have to agree"
_AGREE = "two names for one client that disagree name none"
_SCOPES = "a machine too gets only the scopes that the token claims"
_UNKNOWN = "a machine client that access.yaml does not name grants nothing"

client = Category("azp and client_id")
machine = Category("machine clients", Setup.MACHINE_CLIENT)

_NO_NAMES: dict[str, object] = {
    "null": None,
    "empty": "",
    "0": 0,
    "true": True,
    "an-array": ["spa"],
    "an-object": {},
}


def _claims(scenario: Scenario) -> dict[str, object]:
    """Return the claims of Auth0's tokens by client credentials (RFC 6749 §4.4)."""
    return {
        "sub": f"{MACHINE_CLIENT_ID}@clients",
        "aud": scenario.audience,
        "azp": MACHINE_CLIENT_ID,
        "gty": "client-credentials",
        "scope": " ".join(scenario.target.scopes),
    }


def _machine(**changes: object) -> Recipe:
    """A machine's token with some claims changed; None leaves one out."""
    dropped = [name for name, value in changes.items() if value is None]
    return issued(lambda w: _claims(w) | changes, without=dropped)


def _machine_of_rfc9068(**changes: object) -> Recipe:
    """The same in the other dialect: without `gty`, and with the client in `client_id`."""
    own = {"client_id": MACHINE_CLIENT_ID, "jti": "1"}
    dropped = ["azp", *({"gty"} - changes.keys())]
    return issued(lambda w: _claims(w) | own | changes, header={"typ": "at+jwt"}, without=dropped)


_HALVES: dict[str, dict[str, object]] = {
    "without-gty": {"gty": None},
    "with-gty-of-a-password": {"gty": "password"},
    "with-gty-in-upper-case": {"gty": "CLIENT-CREDENTIALS"},
    "with-gty-as-RFC-6749-writes-it": {"gty": "client_credentials"},
    "with-gty-in-an-array": {"gty": ["client-credentials"]},
    "with-gty-empty": {"gty": ""},
    "with-gty-true": {"gty": True},
    "with-gty-0": {"gty": 0},
    "with-azp-of-another": {"azp": "another"},
    "with-sub-of-another": {"sub": "another@clients"},
    "with-client_id-of-another": {"client_id": "another"},
    "with-sub-of-a-user": {"sub": "amazon|x"},
    "with-sub-of-the-client-alone": {"sub": MACHINE_CLIENT_ID},
    "with-sub-of-the-suffix-alone": {"sub": "@clients"},
    "with-the-suffix-in-upper-case": {"sub": f"{MACHINE_CLIENT_ID}@CLIENTS"},
    "with-the-suffix-twice": {"sub": f"{MACHINE_CLIENT_ID}@clients@clients"},
    "with-a-letter-after-the-suffix": {"sub": f"{MACHINE_CLIENT_ID}@clientsx"},
    "with-the-client-in-other-case": {"sub": f"{MACHINE_CLIENT_ID.swapcase()}@clients"},
    "without-azp": {"azp": None},
}

_RFC9068_HALVES: dict[str, dict[str, object]] = {
    "with-gty-of-a-password": {"gty": "password"},
    "with-gty-null": {"gty": None},
    "with-client_id-of-another": {"client_id": "another"},
    "with-sub-of-another": {"sub": "another@clients"},
    "with-sub-of-a-user-and-gty": {"sub": "amazon|x", "gty": "client-credentials"},
}

_UNGRANTED: dict[str, dict[str, object]] = {
    "without-a-scope": {"scope": None},
    "with-an-empty-scope": {"scope": ""},
    "with-a-scope-in-an-array": {"scope": ["read:everything"]},
    "with-a-wildcard-for-a-scope": {"scope": "*"},
}


ROWS = (
    client.refused("azp-and-client_id-missing", issued(without=["azp"]), _NAMED),
    *(
        client.refused(f"{name}-is-{kind}", issued({"azp": "spa", name: value}), _SHAPE)
        for name in ("azp", "client_id")
        for kind, value in _NO_NAMES.items()
    ),
    client.refused("azp-and-client_id-that-differ", issued({"azp": "spa", "client_id": "another"}), _AGREE),
    client.allowed("client_id-in-place-of-azp", issued(lambda w: {"client_id": w.client_id}, without=["azp"]), _NAMED),
    client.allowed("client_id-next-to-azp", issued(lambda w: {"client_id": w.client_id}), _AGREE),
    client.denied(
        "machine-token-of-a-client-that-is-not-declared", _machine(azp="other", sub="other@clients"), _UNKNOWN
    ),
    client.denied(
        "machine-token-of-a-client-called-as-a-connection",
        issued(lambda w: _claims(w) | {"azp": w.target.connection, "sub": f"{w.target.connection}@clients"}),
        _UNKNOWN,
    ),
    machine.allowed("machine-token-in-Auth0's-dialect", _machine(), _MACHINE),
    machine.allowed(
        "machine-token-in-the-dialect-of-RFC-9068",
        _machine_of_rfc9068(),
        "an RFC 9068 token of Auth0's has no `gty`; its `sub` and `client_id` agree",
    ),
    machine.allowed(
        "machine-token-in-the-dialect-of-RFC-9068-with-gty", _machine_of_rfc9068(gty="client-credentials"), _MACHINE
    ),
    *(
        machine.refused(f"machine-token-in-the-dialect-of-RFC-9068-{name}", _machine_of_rfc9068(**changes), _HALF_WAY)
        for name, changes in _RFC9068_HALVES.items()
    ),
    machine.allowed("user's-token-next-to-a-declared-machine", issued(), "a connection and a machine do not meet"),
    *(machine.refused(f"machine-token-{name}", _machine(**changes), _HALF_WAY) for name, changes in _HALVES.items()),
    *(machine.denied(f"machine-token-{name}", _machine(**changes), _SCOPES) for name, changes in _UNGRANTED.items()),
    machine.denied(
        "machine-token-of-another-client",
        _machine(azp="other", sub="other@clients"),
        _UNKNOWN,
    ),
    machine.denied(
        "machine-token-of-the-name-in-place-of-the-client-id",
        _machine(azp=MACHINE_CLIENT, sub=f"{MACHINE_CLIENT}@clients"),
        "a machine is known by the ID that Auth0 gave it, not by its name here",
    ),
    machine.denied(
        "user's-token-of-the-machine's-client-id",
        issued({"sub": f"{MACHINE_CLIENT_ID}|x"}),
        "a machine is no connection",
    ),
    machine.denied(
        "user's-token-of-the-machine's-name",
        issued({"sub": f"{MACHINE_CLIENT}|x"}),
        "a machine is no connection",
    ),
)
