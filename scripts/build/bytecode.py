"""Compiles the Python sources of a zip, so that the same sources give the same bytecode in every build.

The zips contain bytecode because /var/task is read-only in Lambda: without it, every cold start would compile again. A
library's bytecode replaces its source, which would take 0.12 of the authorizer's 5.1 MB. Python loads this bytecode
without comparing the source's date (PEP 552, unchecked hash). It is only valid for the minor version of Python that
made it. Its bytes are the same on all machines with the same patch release, and differ between patch releases
(docs/decisions/0009).

The compiler runs in a fresh interpreter for each of our packages, and for the libraries. It reads only their sources,
sorted by name, because its output for a string depends on the strings that the process has interned before
(https://github.com/python/cpython/issues/129724). So a package has the same bytecode in every zip, compiled once.
"""

import functools
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import cache_from_source, source_from_cache
from pathlib import Path

from scripts.child_environment import for_program
from scripts.errors import OperationError

# Isolated (-I), without site-packages (-S), and without warnings about a library's old escapes (-W ignore).
_COMPILE = ("-I", "-S", "-W", "ignore", "-m", "compileall", "-q", "-o", "0", "--invalidation-mode", "unchecked-hash")


def with_bytecode(own: Mapping[str, bytes], libraries: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all files by their name in the zip, with every Python source compiled.

    Our own sources get their bytecode in `__pycache__`; a library's source is replaced by it (PEP 3147, "sourceless
    imports"). Raises OperationError when a source cannot be compiled.
    """
    compiled = _compiled(tuple(sorted(libraries.items())))
    for _, package in itertools.groupby(sorted(own.items()), key=lambda file: file[0].partition("/")[0]):
        compiled = {**compiled, **_compiled(tuple(package))}
    kept = {name: content for name, content in libraries.items() if name not in compiled}
    replaced = {f"{name}c": compiled[name] for name in libraries if name in compiled}
    joined = {cache_from_source(name): compiled[name] for name in own if name in compiled}
    return {**kept, **replaced, **own, **joined}


@functools.cache
def _compiled(files: tuple[tuple[str, bytes], ...]) -> Mapping[str, bytes]:
    """Return the bytecode of each Python source among files, by the source's name."""
    sources = {name: content for name, content in files if name.endswith(".py")}
    if not sources:
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for source, content in sources.items():
            (folder / source).parent.mkdir(parents=True, exist_ok=True)
            (folder / source).write_bytes(content)
        # -s strips the folder, so that tracebacks show the name in the zip.
        command = [sys.executable, *_COMPILE, "-s", name, name]
        answer = subprocess.run(
            command, env=for_program(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if answer.returncode:
            reason = (answer.stdout + answer.stderr).strip().splitlines()[:1] or ["compileall said nothing"]
            raise OperationError(f"a source cannot be compiled: {reason[0]}")
        paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*.pyc")]
        return {source_from_cache(path): (folder / path).read_bytes() for path in paths}
