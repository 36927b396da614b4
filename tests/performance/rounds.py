"""Contestants take turns in short rounds, so that other work on the machine affects them equally.

A ratio is the median of the ratios of single rounds, so a slow minute or a lost time slice cannot change it. pyperf
would run one contestant after the other, each for many seconds; on a shared machine that compares different hours.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping

type Contestant = Callable[[], float]
"""Runs one round and returns its figure: the time of one call in seconds, or another figure to compare."""


def of_each[T](call: Callable[[T], object], inputs: Iterable[T]) -> Contestant:
    """Make a contestant of a function and its inputs, which it calls in turn, twice a round.

    The first pass is not measured: after the other contestants, it brings the code back into the processor's caches. So
    a round can be as short as a millisecond, and few rounds lose a time slice.
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
        """Run them: one warm-up round each, then `rounds` each, in turns."""
        for run in contestants.values():
            run()
        self._figures: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(rounds):
            for name, run in contestants.items():
                self._figures[name].append(run())

    @classmethod
    def joined(cls, parts: Iterable["Rounds"]) -> "Rounds":
        """Return the rounds of several runs of the same contestants as those of one run."""
        whole = cls({}, 0)
        for part in parts:
            for name, figures in part._figures.items():
                whole._figures.setdefault(name, []).extend(figures)
        return whole

    def median(self, name: str) -> float:
        """Return the median of a contestant's figures."""
        return statistics.median(self._figures[name])

    def ratio(self, name: str, peer: str) -> float:
        """Return a contestant's figure as a multiple of its peer's."""
        pairs = zip(self._figures[name], self._figures[peer], strict=True)
        return statistics.median(one / other for one, other in pairs)


class Blocks:
    """Many short blocks of rounds, because other users of a machine are busy for seconds at a time."""

    def __init__(self, contestants: Mapping[str, Contestant], rounds: int, blocks: int) -> None:
        """Run them."""
        self._blocks = [Rounds(contestants, rounds) for _ in range(blocks)]
        self.all = Rounds.joined(self._blocks)
        """All rounds of all blocks."""

    def quietest(self, peer: str) -> Rounds:
        """Return the block in which the contestant named `peer` was fastest.

        The peer should suffer from a busy machine as the measured contestant does, but be another one. Then the choice
        depends on how quiet the machine was, not on the ratio to be measured.
        """
        return min(self._blocks, key=lambda block: block.median(peer))
