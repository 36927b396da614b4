"""How far clocks may differ, and how long keys and secrets are trusted. These figures have their home here.

Terraform checks the two settings by the same bounds (terraform/modules/stack/variables.tf); a test compares both.
"""

from collections.abc import Callable
from typing import NamedTuple


class Setting(NamedTuple):
    """A setting in whole seconds."""

    default: int
    least: int
    most: int


MAX_AGE_SECONDS = 3_600
"""From this age on, keys are stale: the next decision fetches new ones (`max-age`, RFC 9111 §5.2.2.1)."""

LEEWAY = Setting(default=5, least=0, most=60)
"""How far the issuer's clock may differ from ours."""

STALE_IF_ERROR = Setting(default=86_400, least=2 * MAX_AGE_SECONDS, most=604_800)
"""How long stale keys are trusted while every attempt to fetch them fails (`stale-if-error`, RFC 5861 §4).

The time counts from the last success; for the keys of the deployment, from the container's start. Even at the least
value, an outage of an hour refuses nobody.
"""

SETTINGS = {"LEEWAY_SECONDS": LEEWAY, "STALE_IF_ERROR_SECONDS": STALE_IF_ERROR}
"""The two settings by the name of their environment variable; the Terraform variable has the same name."""


class Clocks(NamedTuple):
    """The two clocks of a container: Unix time in seconds, and seconds that never go back."""

    unix: Callable[[], float]
    monotonic: Callable[[], float]


class Deadline:
    """A moment that has passed as soon as one of two clocks says so.

    Lambda freezes a container between invocations, and its monotonic clock may stop meanwhile. Unix time goes on, but
    may be set back.
    """

    __slots__ = ("_clocks", "_monotonic", "_unix")

    def __init__(self, clocks: Clocks, seconds: float) -> None:
        """Take the moment `seconds` from now."""
        self._clocks = clocks
        self._unix = clocks.unix() + seconds
        self._monotonic = clocks.monotonic() + seconds

    def has_passed(self) -> bool:
        """Whether the moment has passed."""
        return self._clocks.unix() >= self._unix or self._clocks.monotonic() >= self._monotonic

    def seconds_left(self) -> float:
        """Return the time until the moment; 0 if it has passed."""
        return max(0.0, min(self._unix - self._clocks.unix(), self._monotonic - self._clocks.monotonic()))
