"""Downloads the libraries of a zip as wheels for Lambda's platform, and unpacks them."""

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path, PurePosixPath

from scripts.build import program
from scripts.child_environment import for_installers
from scripts.console import detail
from scripts.errors import OperationError

# Lambda's Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34, so any older manylinux works (PEP 600).
_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
_PLATFORMS = ("manylinux2014", "manylinux_2_17", "manylinux_2_28", "manylinux_2_34")

ARCHITECTURES = tuple(_MACHINES)
"""Lambda's names of the instruction sets."""

# cryptography requires cffi, which requires pycparser; both only compile bindings. cryptography comes with compiled
# bindings, and imports only cffi's native module _cffi_backend. The rest would be 0.4 MB of the authorizer's 5.4.
_ONLY_FOR_COMPILING = ("cffi", "pycparser")


def library_files(requirements: Path, python_version: str, architecture: str, cache: Path) -> dict[str, bytes]:
    """Return the files of the libraries in a hashed requirements file, by their name in the zip.

    The wheels are downloaded once and kept in `cache`. Raises OperationError when the download fails.
    """
    files: dict[str, bytes] = {}
    if not requirements.read_text(encoding="utf-8").strip():
        return {}
    for wheel in sorted(downloaded(requirements, python_version, architecture, cache).glob("*.whl")):
        with zipfile.ZipFile(wheel) as opened:
            for entry in opened.infolist():
                if not entry.is_dir() and _travels(PurePosixPath(entry.filename), wheel):
                    files[entry.filename] = opened.read(entry)
    return files


def _travels(name: PurePosixPath, wheel: Path) -> bool:
    """Return whether a wheel's file is needed for imports, for the version, or for the licence."""
    top = name.parts[0]
    if top in _ONLY_FOR_COMPILING or top.startswith("pycparser-"):
        return False
    if top.endswith(".data"):
        if name.parts[1] != "scripts":
            raise OperationError(f"{wheel.name} holds {name}, a kind of file that the build cannot handle")
        return False
    if top.endswith(".dist-info"):
        return (
            name.name == "METADATA"
            or "licenses" in name.parts
            or name.name.startswith(("LICENSE", "LICENCE", "NOTICE"))
        )
    return name.suffix not in {".pyi", ".h"} and not {"tests", "test"} & set(name.parts[:-1])


def downloaded(requirements: Path, python_version: str, architecture: str, cache: Path) -> Path:
    """Return a folder with exactly the wheels of the requirements file; the folder is created in one step."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    folder = cache / architecture / f"{requirements.stem}-{python_version}-{digest[:16]}"
    if folder.is_dir():
        return folder
    detail(f"downloading the libraries of requirements/{requirements.name} for {architecture} ...")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        _pip_download(requirements, python_version, architecture, unfinished)
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():  # otherwise another build has just created it
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _pip_download(requirements: Path, python_version: str, architecture: str, destination: Path) -> None:
    platforms = [f"--platform={platform}_{_MACHINES[architecture]}" for platform in _PLATFORMS]
    abis = [f"--abi={abi}" for abi in (f"cp{python_version.replace('.', '')}", "abi3", "none")]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp", *abis, *platforms]
    command += [f"--python-version={python_version}", f"--dest={destination}", f"--requirement={requirements}"]
    answer = program.run(command, for_installers(sys.executable))
    if answer.returncode:
        reason = answer.stderr.strip().splitlines()[-1:] or ["pip said nothing"]
        raise OperationError(
            f"pip cannot download requirements/{requirements.name} for {architecture}: {reason[0]} "
            "(name your index in PIP_INDEX_URL; docs/settings.md)"
        )
