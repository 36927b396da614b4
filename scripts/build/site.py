"""Builds build/site: the site's files as they are, and the libraries that they import."""

import json
import os
import subprocess
from pathlib import Path

from scripts.console import detail
from scripts.errors import OperationError
from scripts.tools import NPM, require

PUBLISHED_SUFFIXES = frozenset({".html", ".css", ".js", ".svg", ".png", ".ico", ".txt", ".webmanifest", ".woff2"})
"""Only these leave site/, so that a note or a key left in it is not published."""

# By package, each file as the site imports it, by where it is in the package.
_VENDORED = {
    "@auth0/auth0-spa-js": {
        "dist/auth0-spa-js.production.esm.js": "vendor/auth0-spa-js.js",
        "dist/auth0-spa-js.worker.production.js": "vendor/auth0-spa-js.worker.js",
        "LICENSE": "vendor/auth0-spa-js.LICENSE.txt",
    },
    "auth0-js": {  # only the implicit flow loads it (docs/decisions/0017)
        "dist/auth0.min.esm.js": "vendor/auth0-js.js",
        "LICENSE": "vendor/auth0-js.LICENSE.txt",
    },
}
_NOT_PUBLISHED = frozenset({"node_modules", "tests"})


def build_site(root: Path, output: Path) -> tuple[Path, int, bool]:
    """Bring `output`/site to what `root`/site says; return the folder, its number of files and whether any changed.

    Files that are the same keep their date. Raises UserError when npm is needed and missing, OperationError when it
    fails.
    """
    source, destination = root / "site", output / "site"
    _install_libraries(source)
    wanted = {path.relative_to(source).as_posix(): path for path in _published(source)}
    for package, files in _VENDORED.items():
        wanted |= {name: source / "node_modules" / package / inside for inside, name in files.items()}
    changed = False
    for name, path in wanted.items():
        changed |= _copy(path, destination / name)
    for path in sorted(destination.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(destination).as_posix() not in wanted:
            path.unlink()
            changed = True
    return destination, len(wanted), changed


def _published(source: Path) -> list[Path]:
    return [
        path
        for path in sorted(source.rglob("*"))
        if path.suffix in PUBLISHED_SUFFIXES
        and path.is_file()
        and not path.is_symlink()
        and _NOT_PUBLISHED.isdisjoint(path.relative_to(source).parts)
    ]


def _copy(source: Path, destination: Path) -> bool:
    content = source.read_bytes()
    if destination.is_file() and destination.read_bytes() == content:
        return False
    destination.parent.mkdir(parents=True, exist_ok=True)
    unfinished = destination.with_name(f".{destination.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(destination)
    return True


def _install_libraries(source: Path) -> None:
    """Install the locked versions if another or none of one is in node_modules."""
    lock = json.loads((source / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    modules = [f"node_modules/{package}" for package in _VENDORED]
    if all(_version(source / module) == lock[module]["version"] for module in modules):
        return
    npm = str(require(NPM))
    detail("installing the site's libraries with npm ci ...")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    answer = subprocess.run(command, cwd=source, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if answer.returncode:
        reason = answer.stderr.strip().splitlines()[:1] or ["npm said nothing"]
        raise OperationError(f"npm ci failed in site/: {reason[0]}")


def _version(package: Path) -> str | None:
    try:
        version: str = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    except FileNotFoundError:
        return None
    return version
