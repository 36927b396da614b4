import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build.bytecode import Compiler
from scripts.errors import OperationError, UserError

pytestmark = pytest.mark.process


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    """Return the compiler with an empty cache."""
    return Compiler("3.13", tmp_path / "cache")


def test_each_source_of_ours_is_joined_by_its_bytecode_under_the_name_that_python_looks_for(compiler: Compiler) -> None:
    files = {"a.py": b"", "b/c.py": b"x = 1\n", "b/d.json": b"{}"}
    cached = {importlib.util.cache_from_source(name) for name in ("a.py", "b/c.py")}
    assert compiler.with_bytecode(files, {}).keys() == files.keys() | cached


def test_of_a_library_bytecode_travels_alone_and_is_what_python_imports(compiler: Compiler, tmp_path: Path) -> None:
    files = compiler.with_bytecode({}, {"lib/__init__.py": b"", "lib/one.py": b"x = 1\n", "lib/data.json": b"{}"})
    assert files.keys() == {"lib/__init__.pyc", "lib/one.pyc", "lib/data.json"}
    (tmp_path / "lib").mkdir()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    asked = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import lib.one; print(lib.one.x)",
    ]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "1\n"


def test_bytecode_is_loaded_without_a_look_at_its_source(compiler: Compiler) -> None:
    bytecode = compiler.with_bytecode({"a.py": b"x = 1\n"}, {})[importlib.util.cache_from_source("a.py")]
    assert bytecode[:4] == importlib.util.MAGIC_NUMBER
    assert bytecode[4:8] == b"\x01\0\0\0"  # PEP 552: by hash, unchecked


def test_bytecode_does_not_tell_where_it_was_made(compiler: Compiler) -> None:
    bytecode = compiler.with_bytecode({"b/c.py": b"def f(): pass\n"}, {})[importlib.util.cache_from_source("b/c.py")]
    assert b"b/c.py" in bytecode
    assert b"/b/c.py" not in bytecode


def test_a_warning_about_a_library_s_source_is_not_ours_to_fix(compiler: Compiler) -> None:
    assert len(compiler.with_bytecode({"a.py": b"x = '\\d'\n"}, {})) == 2


def test_a_source_that_cannot_be_compiled_is_named(compiler: Compiler) -> None:
    with pytest.raises(OperationError, match=r"cannot be compiled: .*b/c\.py"):
        compiler.with_bytecode({}, {"b/c.py": b"def\n"})


def test_every_patch_release_of_python_builds_these_bytes(compiler: Compiler) -> None:
    # Releases of 3.13 compile a generator expression differently, so these bytes are those of the locked compiler.
    source = b"def squares(numbers):\n    return sum(number * number for number in numbers)\n"
    bytecode = compiler.with_bytecode({}, {"squares.py": source})["squares.pyc"]
    assert hashlib.sha256(bytecode).hexdigest() == "a0ee6f6c0d1a12874e1b6b74df95a5384ee463650d56f707770578ebf4f0aa14"


def test_a_source_is_compiled_once_and_then_read_from_the_cache(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.py": b"x = 1\n"}
    first = compiler.with_bytecode(files, {})
    monkeypatch.setenv("PATH", "")  # without Node.js
    assert compiler.with_bytecode(files, {}) == first
    with pytest.raises(UserError, match="node is not on PATH"):
        compiler.with_bytecode({"a.py": b"x = 2\n"}, {})


def test_a_compiler_of_another_python_is_refused_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"bytecode of Python 3\.14 .*, but the pyodide .* is Python 3\.13\.\d+; pin"):
        Compiler("3.14", tmp_path).with_bytecode({"a.py": b""}, {})
