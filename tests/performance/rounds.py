"""Contestants take turns in short rounds, so that whatever else the machine does hits them alike.

A ratio is the median of the ratios of single rounds, which neither a slow minute nor a lost time slice can move. pyperf
would run one contestant after the other, each for many seconds; on a machine that others use that compares its hours.

What lasts for seconds moves it all the same: on a virtual machine, neighbours on the same cores take the processor's
caches, from which interpreted code suffers more than arithmetic. `quietest` runs many short blocks for that.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping

type Contestant = Callable[[], float]
"""Runs one round and returns its figure: the time of one call in it, in seconds, or what else is compared."""


def of_each[T](call: Callable[[T], object], inputs: Iterable[T]) -> Contestant:
    """Make a contestant of a function and what it is called with, each in turn, twice a round.

    The first time is not measured: it brings back into the processor's caches what the other contestants drove out. So
    a round can be short, a millisecond, and few of them lose a time slice.
    """
    kept = tuple(inputs)

    def one_round() -> float:
        for one in kept:
            call(one)
        started = time.perf_counter()
        for one in kept:
            call(one)
        return (time.perf_counter() - started) / len(kept)

    return one_round


class Rounds:
    """The figures of interleaved rounds."""

    def __init__(self, contestants: Mapping[str, Contestant], rounds: int) -> None:
        """Run them: one round each to get warm, then `rounds` each, by turns."""
        for run in contestants.values():
            run()
        self._figures: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(rounds):
            for name, run in contestants.items():
                self._figures[name].append(run())

    def median(self, name: str) -> float:
        """Return the median of a contestant's figures."""
        return statistics.median(self._figures[name])

    def ratio(self, name: str, peer: str) -> float:
        """Return how many times its peer's figure a contestant's is."""
        pairs = zip(self._figures[name], self._figures[peer], strict=True)
        return statistics.median(one / other for one, other in pairs)


def quietest(contestants: Mapping[str, Contestant], peer: str, rounds: int, blocks: int) -> Rounds:
    """Run blocks of rounds, and return the one in which the contestant named `peer` was fastest.

    It is to be one that suffers from the machine as the measured one does, and is not the measured one: so the block is
    chosen by how quiet the machine was, and not by the ratio that is looked for.
    """
    return min((Rounds(contestants, rounds) for _ in range(blocks)), key=lambda block: block.median(peer))
