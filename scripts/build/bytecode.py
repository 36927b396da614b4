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
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import cache_from_source
from pathlib import Path

from scripts import whole_file
from scripts.build import npm_packages
from scripts.child_environment import for_program
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

    def with_bytecode(self, own: Mapping[str, bytes], libraries: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return all files by their name in the zip, with every Python source compiled.

        Our own sources get their bytecode in `__pycache__`; a library's source is replaced by it (PEP 3147, "sourceless
        imports").

        Raises:
            OperationError: a source cannot be compiled, or the compiler cannot be installed.
            UserError: the compiler is that of another version of Python.
        """
        compiled = self._compiled({name: text for name, text in {**libraries, **own}.items() if name.endswith(".py")})
        kept = {name: content for name, content in libraries.items() if name not in compiled}
        replaced = {f"{name}c": compiled[name] for name in libraries if name in compiled}
        joined = {cache_from_source(name): compiled[name] for name in own if name in compiled}
        return {**kept, **replaced, **own, **joined}

    def _compiled(self, sources: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the bytecode of each source, by the source's name."""
        places = {name: self._place(name, source) for name, source in sources.items()}
        missing = {name: sources[name] for name, place in places.items() if not place.is_file()}
        if missing:
            for name, content in self._run(missing).items():
                whole_file.write(places[name], content)
        return {name: place.read_bytes() for name, place in places.items()}

    def _place(self, name: str, source: bytes) -> Path:
        digest = hashlib.sha256(f"{self.digest}\0{name}\0".encode() + source).hexdigest()
        return self._cache / digest[:2] / f"{digest[2:]}.pyc"

    def _run(self, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        npm_packages.install(_COMPILER)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for source, content in sources.items():
                (folder / source).parent.mkdir(parents=True, exist_ok=True)
                (folder / source).write_bytes(content)
            answer = subprocess.run(
                [str(require(NODE)), str(_COMPILER / "run.mjs"), name],
                env=for_program(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if answer.returncode:
                reason = answer.stderr.strip().splitlines()[-1:] or ["it said nothing"]
                raise OperationError(f"the compiler of scripts/build/compiler does not run: {reason[0]}")
            said = json.loads(answer.stdout)
            if said["error"]:
                raise OperationError(f"a source cannot be compiled: {said['error']}")
            self._require_version(said["version"])
            return {source: (folder / f"{source}c").read_bytes() for source in sources}

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
