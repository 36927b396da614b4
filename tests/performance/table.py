"""A row for each bar of the authorizer, with the verdict."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured figure and its bar; lower is better. A figure without a bar is for comparison."""

    what: str
    measured: float
    unit: str  # "x" for a ratio
    bar: float | None = None
    aim: float | None = None
    note: str = ""

    @property
    def over(self) -> bool:
        """Whether the figure, as it is printed, is above its bar."""
        return self.bar is not None and round(self.measured, 2) > self.bar

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        if self.bar is None:
            return ""
        if self.over:
            return "OVER"
        return "aim met" if self.aim is not None and round(self.measured, 2) <= self.aim else "kept"


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    line = "{:<66} {:>6} {:>6} {:>9}  {:<8} {}"
    print(line.format("", "bar", "aim", "measured", "", "").rstrip())
    for row in rows:
        bar, aim = (f"{value:.2f}" if value is not None else "" for value in (row.bar, row.aim))
        print(line.format(row.what, bar, aim, f"{row.measured:.2f} {row.unit:<2}", row.verdict, row.note).rstrip())
