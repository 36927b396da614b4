"""`make lock`: compile the dependency groups of pyproject.toml to hashed requirements that name no registry.

UPGRADE=1 selects newer versions. Without it, a version changes only if pyproject.toml requires another.
"""

import os
import subprocess
import sys

from scripts.child_environment import for_installers
from scripts.console import step
from scripts.errors import OperationError, run
from scripts.tools import ROOT

# The tests have to run with the same versions as the zips, so these two groups take their versions from dev.txt.
_CONSTRAINED = ("authorizer", "apis")
_FREE = ("dev", "checkov", "drills", "uv")


def main() -> None:
    """Write requirements/<group>.txt for each group.

    Raises:
        OperationError: uv found no compatible versions, or no index; uv has printed which.
    """
    upgrade = ("--upgrade",) if os.environ.get("UPGRADE") else ()
    for group in _FREE:
        _compile(group, *upgrade)
    for group in _CONSTRAINED:
        _compile(group, "-c", "requirements/dev.txt")


def _compile(group: str, *options: str) -> None:
    step(f"Compiling requirements/{group}.txt")
    (uv,) = sorted((ROOT / ".tools").glob("uv*/bin/uv"))[:1]
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    command = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", version, "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--group", group]
    command += ["-o", f"requirements/{group}.txt", *options, "pyproject.toml"]
    if subprocess.run(command, cwd=ROOT, env=for_installers(sys.executable), check=False).returncode:
        raise OperationError(f"uv could not compile the group {group}; requirements/{group}.txt is unchanged.")


if __name__ == "__main__":
    run(main)
