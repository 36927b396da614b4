"""What is left of the rate limit, as every answer of the Management API says it.

https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""

import time
from collections.abc import Callable

_PER_SECOND = 50


class RateLimit:
    """Counts the requests of the running second. It never refuses one: a development tenant has no neighbours."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._second = 0
        self._count = 0

    def headers(self) -> dict[str, str]:
        """Count a request; return the limit, what is left of it, and when (Unix seconds) it is whole again."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return {
            "x-ratelimit-limit": str(_PER_SECOND),
            "x-ratelimit-remaining": str(max(0, _PER_SECOND - self._count)),
            "x-ratelimit-reset": str(second + 1),
        }
