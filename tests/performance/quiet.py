"""Whether the machine does something else meanwhile, judged by a peer whose figure on a quiet one is known.

On a virtual machine that is not to be seen from within: neighbours on the same cores take the processor's caches, from
which interpreted code suffers more than arithmetic. So it shows in how many verifications PyJWT's decoding takes.
"""

import time

from scripts.console import detail
from tests.performance.rounds import Contestant, Rounds

QUIET, BUSY = 3.8, 3.9
"""Plain PyJWT 2.15 beside a bare verification: up to QUIET with nothing beside it, from BUSY on it is not alone."""

_PATIENCE_SECONDS = 120
_ROUNDS = 100


def wait(floor: Contestant, pyjwt: Contestant) -> None:
    """Return when nothing else keeps the cores busy, or after two minutes; say so while it takes."""
    patience_ends = time.monotonic() + _PATIENCE_SECONDS
    is_told = False
    while (ratio := Rounds({"floor": floor, "PyJWT": pyjwt}, _ROUNDS).ratio("PyJWT", "floor")) >= BUSY:
        if time.monotonic() >= patience_ends:
            detail("it is busy still; measuring all the same")
            return
        if not is_told:
            detail(f"something keeps the cores busy (PyJWT takes {ratio:.1f} bare verifications, {QUIET} on a quiet")
            detail("machine); waiting for two minutes at the most")
            is_told = True
        time.sleep(1)


def remark(ratio: float) -> str:
    """Return what to say beside PyJWT's figure."""
    return f"busy: up to {QUIET} x on a quiet machine; the figures above are too high" if ratio >= BUSY else ""
