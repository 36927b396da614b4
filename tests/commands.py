"""Runs modules as command lines, each in its own process, which starts with the usual modules loaded.

A fresh interpreter takes a second or half of one to import them, and the tests start hundreds of commands and tenants.
So a fork server imports them once. Every process is a fork of it, with its own environment, arguments and streams.
"""

import multiprocessing
import multiprocessing.process
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from scripts.tools import ROOT

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        *("scripts.deployed", "scripts.build.artifacts", "scripts.local_stack.deployment"),
        *("uvicorn", "local.tenant.app", "local.tenant.seed", "local.tenant.action_process"),
    ]
)


def run_module(
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    stdin: str = "",
    root: Path = ROOT,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m <module> <arguments>` and return its exit code and output.

    Args:
        module: the module's name.
        arguments: its command line.
        environment: all its environment variables.
        stdin: its standard input.
        root: the checkout whose module it is.
        cwd: its working directory; the checkout by default.
    """
    with tempfile.TemporaryDirectory() as folder:
        streams = [str(Path(folder) / name) for name in ("stdin", "stdout", "stderr")]
        Path(streams[0]).write_text(stdin, encoding="utf-8")
        places = str(root), str(cwd or root)
        process = _CONTEXT.Process(target=_become, args=(module, arguments, dict(environment), streams, places))
        process.start()
        process.join()
        stdout, stderr = (Path(stream).read_text(encoding="utf-8") for stream in streams[1:])
    return subprocess.CompletedProcess([module, *arguments], process.exitcode or 0, stdout, stderr)


def start_module(
    module: str, *arguments: str, environment: Mapping[str, str], stdout: Path, stderr: Path
) -> multiprocessing.process.BaseProcess:
    """Start `python -m <module> <arguments>` in this checkout; return its process, which ends with this one.

    `environment` holds all its variables. Its output is appended to the files.
    """
    streams, places = [os.devnull, str(stdout), str(stderr)], (str(ROOT), str(ROOT))
    process = _CONTEXT.Process(
        target=_become_service, args=(module, arguments, dict(environment), streams, places), daemon=True
    )
    process.start()
    return process


def _become_service(module: str, *more: Any) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    _become(module, *more)


def _end_after(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _become(
    module: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    streams: list[str],
    places: tuple[str, str],
) -> None:
    """Turn the forked process into the command."""
    root, cwd = places
    os.chdir(cwd)
    if root != str(ROOT):
        _import_ours_from(root)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(streams):
        _redirect(number, path)
    sys.argv = [module, *arguments]
    if not hasattr(sys.modules.get(module), "__path__"):
        sys.modules.pop(module, None)  # because runpy warns about a module that is already loaded
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _import_ours_from(root: str) -> None:
    """Forget this checkout's modules, and find them in another one; the libraries stay loaded."""
    ours = {path.parent.name for folder in (ROOT, ROOT / "functions") for path in folder.glob("*/__init__.py")}
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]
    sys.path[:0] = [root, str(Path(root, "functions"))]


def _redirect(number: int, path: str) -> None:
    opened: BinaryIO
    with Path(path).open("rb" if number == 0 else "ab") as opened:
        os.dup2(opened.fileno(), number)
    text = os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
    name = ("stdin", "stdout", "stderr")[number]
    setattr(sys, name, text)
    setattr(sys, f"__{name}__", text)
