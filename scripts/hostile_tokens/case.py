"""The rows of the table: how to make a token or event, the expected answer, and the reason."""

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import NamedTuple

from scripts.hostile_tokens.scenario import Scenario


class Answer(Enum):
    """The expected answer to a call of the guarded operation."""

    UNAUTHORIZED = 401  # the authorizer raises `Unauthorized`
    DENY = 403  # the policy does not allow the operation
    ALLOW = 200  # a control, because refusing everything must not pass


class Need(IntEnum):
    """The secrets that a sender needs, from least to most."""

    NOTHING = 0  # only public facts: the issuer's address and public keys, the audience, the site's client
    TOKEN = 1  # one good access token, which every user of the site has
    KEY = 2  # the issuer's private key: the row's change is the only thing wrong with the token


class Form(Enum):
    """The kind of input that a recipe makes."""

    TOKEN = "a token, sent as `Authorization: Bearer <token>`"  # noqa: S105 - a description
    HEADER = "the value of the Authorization header; None sends none"
    EVENT = "an event for the function, which no HTTP request can cause; in-process only"


class Setup(Enum):
    """The authorizer's configuration for which the row holds."""

    ANY = "any"
    SCOPES_ONLY = "role-based access control is off"
    PERMISSIONS_TOO = "role-based access control is on"
    MACHINE_CLIENT = "a machine client is known"
    TWO_ISSUERS = "a custom domain is configured in addition to the tenant's own"
    SHARED_SECRET = "the tenant signs with HS256"  # noqa: S105 - a description
    REVOKED = "an operator revoked a user, an application, a key and a token"
    FLAWED_KEYS = "the issuer publishes flawed keys in addition to its good one"


class Recipe(NamedTuple):
    """How to make the token, header or event."""

    form: Form
    need: Need
    make: Callable[[Scenario], object]


class Case(NamedTuple):
    """One row."""

    name: str
    category: str
    expected: Answer
    why: str
    recipe: Recipe
    setup: Setup
    standing_clock: bool  # the row tests the edge of a date, so it needs a clock that stays at the scenario's `now`


class Category:
    """Makes the rows of one category."""

    def __init__(self, name: str, setup: Setup = Setup.ANY) -> None:
        """`name` is the category in reports; the other arguments apply to all its rows."""
        self._name = name
        self._setup = setup

    def refused(self, name: str, recipe: Recipe, why: str, *, standing_clock: bool = False) -> Case:
        """Return a row that expects 401."""
        return Case(name, self._name, Answer.UNAUTHORIZED, why, recipe, self._setup, standing_clock)

    def denied(self, name: str, recipe: Recipe, why: str) -> Case:
        """Return a row that expects 403."""
        return Case(name, self._name, Answer.DENY, why, recipe, self._setup, standing_clock=False)

    def allowed(self, name: str, recipe: Recipe, why: str, *, standing_clock: bool = False) -> Case:
        """Return a control: a row that expects 200."""
        return Case(name, self._name, Answer.ALLOW, why, recipe, self._setup, standing_clock)
