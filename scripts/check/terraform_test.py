"""`make test-terraform`: validate the local root and every module, and run the tests beside them, all offline.

What declares parts of a tenant needs the auth0 provider, which only some machines can get: those roots and modules are
tested where PROVIDER_MIRROR holds it or Terraform's registry answers, and by `make test-cloud-root`.
"""

import os
from pathlib import Path

from scripts import child_environment, provider_mirror
from scripts.check.checks import Check, run_all
from scripts.console import detail, step
from scripts.errors import run
from scripts.tools import ROOT, TERRAFORM, require

_FILES = ROOT / "terraform"
_AUTH0_PROVIDER = "auth0/auth0"


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


def needs_auth0(directory: Path) -> bool:
    """Tell whether a root or module requires the auth0 provider."""
    return any(f'"{_AUTH0_PROVIDER}"' in file.read_text(encoding="utf-8") for file in directory.glob("*.tf"))


def chosen(mirror: Path | None, *, registry_answers: bool) -> tuple[list[Path], list[Path]]:
    """Return the roots and modules to test, and those left out for want of the auth0 provider.

    The cloud root's lock file knows the official builds only, so it is tested with the registry's provider.
    """
    held = mirror is not None and provider_mirror.holds(mirror, _AUTH0_PROVIDER)
    patterns = ["local/*.tf", "modules/*/*.tf", *(["cloud/*.tf"] if registry_answers and not held else [])]
    places = sorted({file.parent for pattern in patterns for file in _FILES.glob(pattern)})
    left_out = [] if held or registry_answers else [place for place in places if needs_auth0(place)]
    return [place for place in places if place not in left_out], left_out


def main() -> None:
    """Run the checks of every root and module whose providers are to be had."""
    terraform = str(require(TERRAFORM))
    config = provider_mirror.cli_config(ROOT / "build" / "terraform" / "terraform.tfrc")
    answers = provider_mirror.registry_answers()
    tested, left_out = chosen(provider_mirror.find_mirror(os.environ), registry_answers=answers)
    step("Validating and testing Terraform")
    if left_out:
        names = ", ".join(place.name for place in left_out)
        detail(f"not tested: {names}; they need {_AUTH0_PROVIDER}, which no mirror holds, and no registry answers")
    run_all(check(place, terraform, config) for place in tested)


if __name__ == "__main__":
    run(main)
