import argparse
import functools
import json
import marshal
import py_compile
import tarfile
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies

from scripts.build.compiler.folder import bytecode, compile_folder
from scripts.tools import ROOT

SOURCES = [*sorted((ROOT / "functions").rglob("*.py")), Path(argparse.__file__), Path(tarfile.__file__)]


@functools.cache
def compiled_first(source: Path) -> bytes:
    return bytecode(source.read_bytes(), "a.py")


def test_bytecode_is_the_code_that_python_itself_compiles(tmp_path: Path) -> None:
    for source in SOURCES:
        made = py_compile.compile(str(source), str(tmp_path / "made.pyc"), source.name, doraise=True, optimize=0)
        assert made is not None
        ours, python_s = bytecode(source.read_bytes(), source.name), Path(made).read_bytes()
        assert ours[:4] == python_s[:4]
        assert marshal.loads(ours[16:]) == marshal.loads(python_s[16:])  # noqa: S302 - both were made just now


@hypothesis.given(strategies.sampled_from(SOURCES), strategies.lists(strategies.sampled_from(SOURCES), max_size=3))
def test_bytecode_is_the_same_whatever_this_process_has_compiled(source: Path, others: list[Path]) -> None:
    first = compiled_first(source)
    kept = [compile(path.read_bytes(), "kept", "exec") for path in others]
    assert bytecode(source.read_bytes(), "a.py") == first, kept


def test_bytecode_is_the_same_whatever_strings_this_process_knows() -> None:
    # Compiled once, the class's full name would be marked differently once the class exists: cpython#129724.
    source = b"def outer():\n    class Inner:\n        def f(self): return 'outer.<locals>.Inner'\n    return Inner\n"
    before = bytecode(source, "a.py")
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - the source above
    inner = namespace["outer"]()
    assert bytecode(source, "a.py") == before, inner


def test_the_first_source_that_is_no_python_is_named(tmp_path: Path) -> None:
    for name, text in {"0/a.py": "x = 1\n", "1/b/c.py": "def\n", "2/d.py": "def\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert json.loads(compile_folder(str(tmp_path)))["error"].startswith("b/c.py: ")
