"""Every mutation of a module, one at a time: mutmut's operators, and two that it lacks.

mutmut's own runner mutates only plain functions. Half of the authorizer's checks are in constants of a module and in
decorated functions, so this applies mutmut's operators (https://mutmut.readthedocs.io) to the whole file.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# Code that decides nothing: imports, types, and texts for people.
_NO_DECISION = (
    m.Import()
    | m.ImportFrom()
    | m.Annotation()
    | m.TypeAlias()
    | m.TypeParameters()
    | m.SimpleStatementLine(body=[m.Expr(m.SimpleString() | m.ConcatenatedString())])
)


class Mutation(NamedTuple):
    """One changed statement of a module. Its texts identify it, because they survive changes elsewhere in the file."""

    module: str
    line: int
    was: str
    becomes: str
    source: str  # the whole module, changed

    @property
    def name(self) -> str:
        """The name under which a survivor is listed."""
        return f"{self.module}: {self.was} -> {self.becomes}"


def mutations(module: str, source: str) -> Iterator[Mutation]:
    """Yield every mutation of a module's source, in the order of its lines; each text once."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    positions = wrapper.resolve(PositionProvider)
    finder = _Finder()
    wrapper.module.visit(finder)
    seen = set()
    for node, changed in finder.found:
        mutated = cast("cst.Module", wrapper.module.deep_replace(node, changed)).code
        line = positions[node].start.line
        was, becomes = _difference(source, mutated)
        if (mutation := Mutation(module, line, was, becomes, mutated)).name not in seen and mutated != source:
            seen.add(mutation.name)
            yield mutation


class _Finder(cst.CSTVisitor):
    """Collects pairs of a node and its replacement by an operator."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _NO_DECISION):
            return False
        self.found += ((node, changed) for changed in _changed(node))
        return not m.matches(node, m.Raise())  # the content of an error is for people


def _changed(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)
    if m.matches(node, m.Expr(value=m.Call()) | m.Raise() | m.Return(value=m.DoNotCare())):
        yield cst.Expr(cst.Name("None"))  # the statement is left out


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, each side joined into one line, without indentation and comments."""
    old, new = before.splitlines(), after.splitlines()
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    was, becomes = (lines[head : len(lines) - tail] for lines in (old, new))
    return _joined(was), _joined(becomes)


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many lines are equal at the beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))


def _joined(lines: Iterable[str]) -> str:
    return " ".join(line.partition("  # ")[0].strip() for line in lines)
