"""The libraries with which the authorizer is compared, installed as people install them."""

import compileall
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

from scripts.build.artifacts import machine_architecture
from scripts.build.wheels import downloaded
from scripts.errors import OperationError
from scripts.tools import ROOT


def install_pyjwt(folder: Path, *, bytecode: bool) -> None:
    """Put PyJWT and cryptography into a folder, as `pip install --target` does, with bytecode or without."""
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    requirements = ROOT / "requirements" / "authorizer.txt"
    wheels = downloaded(requirements, version, machine_architecture(), ROOT / "build" / "cache" / "wheels")
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(folder)
    if bytecode and not compileall.compile_dir(
        folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH, workers=1
    ):
        raise OperationError("a library to compare with cannot be compiled")
