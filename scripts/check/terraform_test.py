"""`make test-terraform`: validate the local root and every module, and run their tests with mocked providers.

Roots and modules that declare parts of a tenant need the auth0 provider. They are tested if a mirror holds it or
Terraform's registry answers. A line says which source was used, or that neither was available.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts import provider_mirror
from scripts.check import shared_provider
from scripts.check.checks import Check, run_all
from scripts.console import detail, step
from scripts.errors import run
from scripts.provider_mirror import AUTH0_PROVIDER, REGISTRY
from scripts.terraform_root import module_environment
from scripts.tools import ROOT, TERRAFORM, require

_FILES = ROOT / "terraform"


DEPRECATED = "is deprecated"  # Terraform's warning; the next major version may remove the feature


def check(directory: Path, terraform: str, config: Path, provider: Mapping[str, str]) -> Check:
    """Return the check of one root or module: initialise it without a backend, validate it, run its tests.

    `provider` holds the variable that names a running AWS provider; if it is empty, Terraform starts its own.
    """
    verb = "test" if (directory / "tests").is_dir() else "validate"  # `test` validates too, and loads the provider once
    commands = (_initialise(terraform), (terraform, verb, "-no-color"))
    environment = {**module_environment(directory, config), **provider}
    return Check(f"terraform {directory.relative_to(_FILES)}", commands, directory, environment, DEPRECATED)


@contextlib.contextmanager
def aws_provider(terraform: str, config: Path) -> Iterator[dict[str, str]]:
    """Run the AWS provider that the local root's lock file names; see `shared_provider.running`."""
    root = _FILES / "local"
    environment = module_environment(root, config)
    run_all([Check("terraform init", (_initialise(terraform),), root, environment)])
    with shared_provider.running(root, Path(environment["TF_DATA_DIR"]), environment) as variable:
        yield variable


def _initialise(terraform: str) -> tuple[str, ...]:
    return (terraform, "init", "-backend=false", "-input=false", "-no-color")


def needs_auth0(directory: Path) -> bool:
    """Return whether a root or module requires the auth0 provider."""
    return any(f'"{AUTH0_PROVIDER}"' in file.read_text(encoding="utf-8") for file in directory.glob("*.tf"))


def chosen(source: str | None) -> tuple[list[Path], list[Path]]:
    """Return the roots and modules to test, and those left out because the auth0 provider has no source.

    The cloud root's lock file has the checksums of the official builds, so it is tested with the registry's provider;
    `make test-cloud-root` tests it with any.
    """
    patterns = ["local/*.tf", "modules/*/*.tf", *(["cloud/*.tf"] if source == REGISTRY else [])]
    places = sorted({file.parent for pattern in patterns for file in _FILES.glob(pattern)})
    left_out = [] if source else [place for place in places if needs_auth0(place)]
    return [place for place in places if place not in left_out], left_out


def main() -> None:
    """Run the checks of every root and module whose providers are available."""
    terraform = str(require(TERRAFORM))
    config = provider_mirror.cli_config(ROOT / "build" / "terraform" / "terraform.tfrc")
    step("Validating and testing Terraform")
    source = provider_mirror.source(AUTH0_PROVIDER, os.environ)
    tested, left_out = chosen(source)
    if left_out:
        detail(f"not tested: {', '.join(place.name for place in left_out)}; {provider_mirror.NOT_TO_BE_HAD}")
    else:
        detail(f"{AUTH0_PROVIDER} comes from {source}")
    for lock in (_FILES / "modules").glob("*/.terraform.lock.hcl"):  # ignored by git; may name another build
        lock.unlink()
    with aws_provider(terraform, config) as provider:
        run_all(check(place, terraform, config, provider) for place in tested)


if __name__ == "__main__":
    run(main)
