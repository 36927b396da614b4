import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build.bytecode import Compiler
from scripts.errors import OperationError, UserError

pytestmark = pytest.mark.process


OWN = {"a.py": b"x = 1\n", "b/c.py": b"def f(): pass\n", "b/d.json": b"{}"}
# Releases of Python 3.13 compile a generator expression differently. The warning about `\d` is not ours to mend.
LIBRARIES = {
    "lib/__init__.py": b"",
    "lib/one.py": b"def squares(numbers):\n    return sum(number * number for number in numbers)\n",
    "lib/old.py": b"x = '\\d'\n",
    "lib/data.json": b"{}",
}


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    """Return the compiler; its start takes seconds, so most tests share one run."""
    return Compiler("3.13", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def files(compiler: Compiler) -> dict[str, bytes]:
    """Return the files of a zip."""
    return compiler.with_bytecode(OWN, LIBRARIES)


def test_each_source_of_ours_is_joined_by_its_bytecode_under_the_name_that_python_looks_for(
    files: dict[str, bytes],
) -> None:
    cached = {importlib.util.cache_from_source(name) for name in ("a.py", "b/c.py")}
    assert {name for name in files if not name.startswith("lib/")} == OWN.keys() | cached


def test_of_a_library_bytecode_travels_alone_and_is_what_python_imports(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    library = {name: content for name, content in files.items() if name.startswith("lib/")}
    assert library.keys() == {"lib/__init__.pyc", "lib/one.pyc", "lib/old.pyc", "lib/data.json"}
    (tmp_path / "lib").mkdir()
    for name, content in library.items():
        (tmp_path / name).write_bytes(content)
    asked = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import lib.one; print(lib.one.squares([1, 2]))",
    ]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "5\n"


def test_bytecode_is_loaded_without_a_look_at_its_source(files: dict[str, bytes]) -> None:
    bytecode = files[importlib.util.cache_from_source("a.py")]
    assert bytecode[:4] == importlib.util.MAGIC_NUMBER
    assert bytecode[4:8] == b"\x01\0\0\0"  # PEP 552: by hash, unchecked


def test_bytecode_does_not_tell_where_it_was_made(files: dict[str, bytes]) -> None:
    bytecode = files[importlib.util.cache_from_source("b/c.py")]
    assert b"b/c.py" in bytecode
    assert b"/b/c.py" not in bytecode


def test_every_patch_release_of_python_builds_these_bytes(files: dict[str, bytes]) -> None:
    assert (
        hashlib.sha256(files["lib/one.pyc"]).hexdigest()
        == "e05564431d77263f6d783f7d20f69acaab9327f18656a07fb0975964f493ef58"
    )


def test_a_source_that_cannot_be_compiled_is_named(compiler: Compiler) -> None:
    with pytest.raises(OperationError, match=r"cannot be compiled: .*b/c\.py"):
        compiler.with_bytecode({}, {"b/c.py": b"def\n"})


def test_a_source_is_compiled_once_and_then_read_from_the_cache(
    compiler: Compiler, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # without Node.js
    assert compiler.with_bytecode(OWN, LIBRARIES) == files
    with pytest.raises(UserError, match="node is not on PATH"):
        compiler.with_bytecode({"a.py": b"x = 2\n"}, {})


def test_a_compiler_of_another_python_is_refused_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"bytecode of Python 3\.14 .*, but the pyodide .* is Python 3\.13\.\d+; pin"):
        Compiler("3.14", tmp_path).with_bytecode({"a.py": b""}, {})
