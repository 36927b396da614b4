"""`make test-terraform`: validate the local root and every module, and run the tests beside them, all offline.

The cloud root and module auth0 need the auth0 provider, which only some machines can get; `make test-cloud-root` has
them.
"""

from pathlib import Path

from scripts import child_environment, provider_mirror
from scripts.check.checks import Check, run_all
from scripts.console import step
from scripts.errors import run
from scripts.tools import ROOT, TERRAFORM, require

_FILES = ROOT / "terraform"
_NEEDS_AUTH0 = {"auth0", "cloud", "tenant_look"}


def check(directory: Path, terraform: str, config: Path) -> Check:
    """Return the check of one root or module: initialise without a backend, validate, test where there are tests."""
    work = ROOT / "build" / "terraform" / "test" / directory.name
    commands = [
        (terraform, "init", "-backend=false", "-input=false", "-no-color"),
        (terraform, "validate", "-no-color"),
    ]
    if (directory / "tests").is_dir():
        commands.append((terraform, "test", "-no-color"))
    environment = {
        **child_environment.for_program(child_environment.TERRAFORM),
        "TF_DATA_DIR": str(work),
        "TF_CLI_CONFIG_FILE": str(config),
        "CHECKPOINT_DISABLE": "1",
        "AWS_REGION": "us-east-1",
    }
    return Check(f"terraform {directory.relative_to(_FILES)}", tuple(commands), directory, environment)


def main() -> None:
    """Run the checks of everything that needs no provider but AWS's."""
    terraform = str(require(TERRAFORM))
    config = provider_mirror.cli_config(ROOT / "build" / "terraform" / "terraform.tfrc")
    places = sorted({file.parent for pattern in ("local/*.tf", "modules/*/*.tf") for file in _FILES.glob(pattern)})
    step("Validating and testing Terraform")
    run_all(check(place, terraform, config) for place in places if place.name not in _NEEDS_AUTH0)


if __name__ == "__main__":
    run(main)
