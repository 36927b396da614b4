"""Compiles a folder of Python sources to bytecode that depends on each source and its name only.

run.mjs runs this module in the locked CPython.
"""

import json
import platform
import warnings
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps
from pathlib import Path

_UNCHECKED_HASH = (1).to_bytes(4, "little")
"""The flags of a file whose source Python does not look at (PEP 552)."""


def compile_folder(folder: str) -> str:
    """Write the bytecode of each source `<folder>/<number>/<name>.py` to `<name>.pyc`; `name` may contain folders.

    Returns a JSON object: `version` of this Python, and `error`: the first source that is none, or null.
    """
    warnings.simplefilter("ignore")  # a library's old escapes are not ours to mend
    error = None
    for path in sorted(Path(folder).rglob("*.py")):
        name = path.relative_to(folder).as_posix().partition("/")[2]
        try:
            path.with_suffix(".pyc").write_bytes(bytecode(path.read_bytes(), name))
        except (SyntaxError, ValueError) as problem:
            error = f"{name}: {problem}"
            break
    return json.dumps({"version": platform.python_version(), "error": error})


def bytecode(source: bytes, name: str) -> bytes:
    """Return the content of a `.pyc` file (PEP 552); `name` is the file's name in tracebacks.

    The output of a single compilation depends on the strings that the process has interned before: marshal marks an
    object with more than one reference, and frozensets of strings are shared or copied
    (https://github.com/python/cpython/issues/129724). So the source is compiled twice. For the second copy every string
    is interned, and has the first copy's reference.

    Raises:
        SyntaxError: the source is no Python.
        ValueError: it contains a null byte.
    """
    _first, code = (compile(source, name, "exec", dont_inherit=True, optimize=0) for _ in range(2))
    return MAGIC_NUMBER + _UNCHECKED_HASH + source_hash(source) + dumps(code)
