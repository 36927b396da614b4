"""Compiles the Python sources of a zip, so that the same sources give the same bytecode in every build.

The zips contain bytecode because /var/task is read-only in Lambda: without it, every cold start would compile again. A
library's bytecode replaces its source, which would take 0.12 of the authorizer's 5.1 MB. Python loads this bytecode
without comparing the source's date (PEP 552, unchecked hash). It is only valid for the minor version of Python that
made it.

The compiler is not this Python, because patch releases compile the same source differently. It is the CPython of the
npm package pyodide, which scripts/build/compiler/package-lock.json locks (docs/decisions/0009). A source's bytecode
depends only on the source, its name and the compiler, so the build keeps it under a digest of these.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import cache_from_source
from pathlib import Path

from scripts import whole_file
from scripts.build import npm_packages, program
from scripts.child_environment import for_program
from scripts.console import detail
from scripts.errors import OperationError, UserError
from scripts.tools import NODE, require

_COMPILER = Path(__file__).resolve().parent / "compiler"


class Compiler:
    """The locked compiler and its cache."""

    def __init__(self, python_version: str, cache: Path) -> None:
        """Compile for a minor version of Python, such as `3.13`; `cache` is a folder, which may be missing."""
        self._python_version = python_version
        self._cache = cache
        self.digest = self._digest()
        """A digest of everything besides a source and its name on which its bytecode depends."""

    def compile(self, *parts: Mapping[str, bytes]) -> None:
        """Compile the Python sources of several parts of zips, in one run, into the cache.

        Raises:
            OperationError: a source cannot be compiled, or the compiler cannot be installed.
            UserError: the compiler is that of another version of Python.
        """
        places = {self._place(name, source): (name, source) for part in parts for name, source in _sources(part)}
        missing = {place: one for place, one in places.items() if not place.is_file()}
        if missing:
            for place, content in zip(missing, self._run(list(missing.values())), strict=True):
                whole_file.write(place, content)

    def with_bytecode(self, own: Mapping[str, bytes], libraries: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return all files by their name in the zip, with every Python source compiled.

        Our own sources get their bytecode in `__pycache__`; a library's source is replaced by it (PEP 3147, "sourceless
        imports"). Raises what `compile` raises.
        """
        self.compile(own, libraries)
        compiled = {
            name: self._place(name, source).read_bytes() for part in (libraries, own) for name, source in _sources(part)
        }
        kept = {name: content for name, content in libraries.items() if name not in compiled}
        replaced = {f"{name}c": compiled[name] for name in libraries if name in compiled}
        joined = {cache_from_source(name): compiled[name] for name in own if name in compiled}
        return {**kept, **replaced, **own, **joined}

    def _place(self, name: str, source: bytes) -> Path:
        digest = hashlib.sha256(f"{self.digest}\0{name}\0".encode() + source).hexdigest()
        return self._cache / digest[:2] / f"{digest[2:]}.pyc"

    def _run(self, sources: Sequence[tuple[str, bytes]]) -> list[bytes]:
        """Return the bytecode of each source, a name in a zip and a content."""
        npm_packages.install(_COMPILER)
        detail(f"compiling the Python sources of the zips ({len(sources)} new) ...")
        with tempfile.TemporaryDirectory() as name:
            # Two zips may hold different files of one name, so each source has a folder of its own.
            paths = [Path(name, str(number), source) for number, (source, _) in enumerate(sources)]
            for path, (_, content) in zip(paths, sources, strict=True):
                path.parent.mkdir(parents=True)
                path.write_bytes(content)
            answer = program.run([str(require(NODE)), str(_COMPILER / "run.mjs"), name], for_program())
            if answer.returncode:
                reason = answer.stderr.strip().splitlines()[-1:] or ["it said nothing"]
                raise OperationError(f"the compiler of scripts/build/compiler does not run: {reason[0]}")
            said = json.loads(answer.stdout)
            if said["error"]:
                raise OperationError(f"a source cannot be compiled: {said['error']}")
            self._require_version(said["version"])
            return [path.with_suffix(".pyc").read_bytes() for path in paths]

    def _require_version(self, version: str) -> None:
        if not version.startswith(f"{self._python_version}."):
            raise UserError(
                f"the zips need bytecode of Python {self._python_version} (.python-version), but the pyodide of "
                f"scripts/build/compiler/package.json is Python {version}; pin the pyodide of Python "
                f"{self._python_version} there, and run `npm install` in that folder."
            )

    def _digest(self) -> str:
        parts = [self._python_version.encode()]
        parts += [(_COMPILER / name).read_bytes() for name in ("package-lock.json", "folder.py", "run.mjs")]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _sources(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    return ((name, content) for name, content in files.items() if name.endswith(".py"))
