import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.build.bytecode import with_bytecode
from scripts.errors import OperationError

pytestmark = pytest.mark.process


def test_each_source_of_ours_is_joined_by_its_bytecode_under_the_name_that_python_looks_for() -> None:
    files = {"a.py": b"", "b/c.py": b"x = 1\n", "b/d.json": b"{}"}
    cached = {importlib.util.cache_from_source(name) for name in ("a.py", "b/c.py")}
    assert with_bytecode(files, {}).keys() == files.keys() | cached


def test_of_a_library_bytecode_travels_alone_and_is_what_python_imports(tmp_path: Path) -> None:
    files = with_bytecode({}, {"lib/__init__.py": b"", "lib/one.py": b"x = 1\n", "lib/data.json": b"{}"})
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


def test_bytecode_is_loaded_without_a_look_at_its_source() -> None:
    bytecode = with_bytecode({"a.py": b"x = 1\n"}, {})[importlib.util.cache_from_source("a.py")]
    assert bytecode[:4] == importlib.util.MAGIC_NUMBER
    assert bytecode[4:8] == b"\x01\0\0\0"  # PEP 552: by hash, unchecked


def test_bytecode_does_not_tell_where_it_was_made() -> None:
    bytecode = with_bytecode({"b/c.py": b"def f(): pass\n"}, {})[importlib.util.cache_from_source("b/c.py")]
    assert b"b/c.py" in bytecode
    assert b"/b/c.py" not in bytecode


def test_bytecode_is_the_same_whatever_strings_this_process_knows() -> None:
    # Compiled in this process, the class's full name would be marked differently once the class exists: cpython#129724.
    source = b"def outer():\n    class Inner:\n        def f(self): return 'outer.<locals>.Inner'\n    return Inner\n"
    before = with_bytecode({"a.py": source}, {})
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - the source above
    inner = namespace["outer"]()
    assert with_bytecode({"a.py": source}, {}) == before, inner


def test_a_warning_about_a_library_s_source_is_not_ours_to_fix() -> None:
    assert len(with_bytecode({"a.py": b"x = '\\d'\n"}, {})) == 2


def test_a_source_that_cannot_be_compiled_is_named() -> None:
    with pytest.raises(OperationError, match=r"cannot be compiled: .*b/c\.py"):
        with_bytecode({}, {"b/c.py": b"def\n"})
