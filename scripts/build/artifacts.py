"""The whole build, as `make build` and every command that deploys run it."""

import platform
from pathlib import Path

from scripts.build import subject_hash_key
from scripts.build.functions import build_functions
from scripts.build.site import build_site
from scripts.console import detail
from scripts.tools import ROOT


def machine_architecture() -> str:
    """Return this machine's instruction set in Lambda's words: `arm64` or `x86_64`."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def build(
    architecture: str,
    root: Path = ROOT,
    output: Path | None = None,
    *,
    audience: str | None = None,
    accept_libraries: bool = False,
) -> None:
    """Check the data files, then bring `output` (by default build/ in the root) up to date and print what was done.

    `audience` replaces the one in access.yaml, for a preview.

    Raises:
        UserError: a data file is wrong, or npm is missing or too old.
        OperationError: a download failed, or a file is over its size budget.
    """
    output = output or root / "build"
    for built in build_functions(root, output, architecture, audience):
        name = f"{architecture}/{built.path.name}"
        state = "built" if built.changed else "unchanged"
        detail(f"{name:24} {built.size_bytes / 1e6:5.1f} MB  sha256 {built.sha256[:12]}  {state}")
    subject_hash_key.provide(output)
    folder, count, changed = build_site(root, output, accept_libraries=accept_libraries)
    detail(f"{folder.name:24} {count:5} files {'':19} {'built' if changed else 'unchanged'}")
