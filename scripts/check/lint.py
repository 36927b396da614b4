"""`make lint`: style, types, who may import whom, and checkov on all Terraform. Nothing here needs credentials."""

import sys
from pathlib import Path

from scripts.check.checks import Check, run_all
from scripts.child_environment import for_npm
from scripts.console import step
from scripts.errors import run
from scripts.tools import NODE, NPM, ROOT, TERRAFORM, require


def main() -> None:
    """Run every linter, the slow ones first."""
    environment = Path(sys.executable).parent
    ruff, mypy, imports = (str(environment / name) for name in ("ruff", "mypy", "lint-imports"))
    checkov = str(ROOT / ".tools" / "checkov" / "bin" / "checkov")
    require(NODE)
    step("Checking style, types, imports and security")
    run_all(
        [
            Check("checkov", ((checkov, "--config-file", ".checkov.yaml"),)),
            Check("mypy", ((mypy,),)),
            Check("ruff", ((ruff, "check", "--quiet", "."), (ruff, "format", "--quiet", "--check", "."))),
            Check("import-linter", ((imports, "--no-cache"),), environment={"PYTHONPATH": "functions:."}),
            Check("biome", ((str(require(NPM)), "run", "--silent", "lint"),), ROOT / "site", for_npm()),
            Check("terraform fmt", ((str(require(TERRAFORM)), "fmt", "-check", "-diff", "-recursive", "terraform"),)),
        ]
    )


if __name__ == "__main__":
    run(main)
