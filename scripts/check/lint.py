"""`make lint`: style, types, allowed imports, the workflows, and checkov on all Terraform. It needs no credentials.

python -m scripts.check.lint [--quick]     without checkov, which takes longest
"""

import argparse
import sys
from pathlib import Path

from scripts.check.checks import Check, run_all
from scripts.child_environment import for_npm
from scripts.console import step
from scripts.errors import run
from scripts.tools import NODE, NPM, ROOT, TERRAFORM, require


def main() -> None:
    """Run every linter, the slow ones first."""
    parser = argparse.ArgumentParser(prog="make lint", description="Check style, types, imports and security.")
    parser.add_argument("--quick", action="store_true", help="leave checkov out")
    quick = parser.parse_args().quick
    environment = Path(sys.executable).parent
    names = ("ruff", "mypy", "lint-imports", "zizmor", "jactionlint")
    ruff, mypy, imports, zizmor, jactionlint = (str(environment / name) for name in names)
    checkov = str(ROOT / ".tools" / "checkov" / "bin" / "checkov")
    require(NODE)
    step("Checking style, types, imports" + ("" if quick else " and security"))
    checks = [
        Check("mypy", ((mypy,),)),
        Check("ruff", ((ruff, "check", "--quiet", "."), (ruff, "format", "--quiet", "--check", "."))),
        Check(
            "import-linter",
            ((sys.executable, "-m", "scripts.check.module_lists"), (imports, "--no-cache")),
            environment={"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"},
        ),
        Check("biome", ((str(require(NPM)), "run", "--silent", "lint"),), ROOT / "site", for_npm()),
        Check("zizmor", ((zizmor, "--offline", "--quiet", "--no-progress", "--no-config", ".github"),)),
        # Checks correctness; zizmor checks security. It reads no shell scripts, because every step is a verb of make.
        Check(
            "jactionlint", ((jactionlint, "--profile=correctness", "--strict-exit", "--shellcheck=", "--pyflakes="),)
        ),
        Check("terraform fmt", ((str(require(TERRAFORM)), "fmt", "-check", "-diff", "-recursive", "terraform"),)),
    ]
    run_all(checks if quick else [Check("checkov", ((checkov, "--config-file", ".checkov.yaml", "--quiet"),)), *checks])


if __name__ == "__main__":
    run(main)
