"""The rate limit, which every answer of the Management API states in its headers.

https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""

import time
from collections.abc import Callable

PAID_PLAN_PER_SECOND = 50


class RateLimit:
    """Counts the requests of the running second.

    It refuses requests only above `refusing_above` (2 on Auth0's Free plan); by default it refuses none.
    """

    def __init__(self, clock: Callable[[], float] = time.time, refusing_above: int | None = None) -> None:
        self._clock = clock
        self._per_second = refusing_above or PAID_PLAN_PER_SECOND
        self._refuses = refusing_above is not None
        self._second = 0
        self._count = 0

    @property
    def is_exceeded(self) -> bool:
        """Whether this second's requests exceed `refusing_above`."""
        return self._refuses and self._count > self._per_second

    def headers(self) -> dict[str, str]:
        """Count a request; return the limit, the remaining requests, and when (Unix seconds) the limit resets."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return {
            "x-ratelimit-limit": str(self._per_second),
            "x-ratelimit-remaining": str(max(0, self._per_second - self._count)),
            "x-ratelimit-reset": str(second + 1),
        }
