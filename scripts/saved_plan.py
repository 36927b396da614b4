"""The seal that binds a saved plan to its build, so that `make apply` applies the plan that a person has read."""

import hashlib
from pathlib import Path

from scripts.environments import Environment
from scripts.errors import UserError
from scripts.tools import ROOT


def seal(environment: Environment) -> None:
    """Record the plan's environment and inputs."""
    _seal_file(environment).write_text(f"{environment.name} {_digest(environment)}", encoding="utf-8")


def require(environment: Environment) -> Path:
    """Return the plan's file.

    Raises:
        UserError: there is no plan of `make plan`, it is of another environment, or its inputs have changed since. The
            plan is removed, because it holds the state's secrets; that of an apply that was cut short stays for
            `make recover`.
    """
    again = f"run `make plan ENV={environment.name}` first, read it, then apply."
    if not environment.plan_file.exists():
        raise UserError(f"there is no saved plan of {environment.name}; {again}")
    seal_file = _seal_file(environment)
    sealed, _, digest = seal_file.read_text(encoding="utf-8").partition(" ") if seal_file.exists() else ("", "", "")
    if not sealed:
        raise UserError(f"{environment.plan_file.name} has no seal of `make plan`; {again}")
    if digest == _digest(environment) and sealed == environment.name:
        return environment.plan_file
    if not environment.planned_root().was_cut_short:
        discard(environment)
    if sealed != environment.name:
        raise UserError(f"the saved plan of {environment.name} is one of {sealed}; {again}")
    raise UserError(
        f"the build, Terraform's files or the plan itself has changed since {environment.name} was planned; {again}"
    )


def discard(environment: Environment) -> None:
    """Delete the plan after its apply, because Terraform applies a plan only once."""
    environment.plan_file.unlink(missing_ok=True)
    _seal_file(environment).unlink(missing_ok=True)


def files(environment: Environment) -> list[Path]:
    """Return the plan, its seal and the built files that it was made from, all of which another checkout lacks."""
    return [environment.plan_file, _seal_file(environment), *_built(environment)]


def _seal_file(environment: Environment) -> Path:
    return environment.plan_file.with_suffix(".sha256")


def _built(environment: Environment) -> list[Path]:
    built = [*(ROOT / "build" / environment.architecture).glob("*.zip"), *(ROOT / "build" / "site").rglob("*")]
    return sorted(filter(Path.is_file, built))


def _digest(environment: Environment) -> str:
    """Return a digest that depends only on the files, not on the checkout's folder."""
    suffixes = {".tf", ".tfvars", ".tfbackend", ".js", ".hcl", ".yaml"}
    declared = [path for path in (ROOT / "terraform").rglob("*") if path.suffix in suffixes]
    rules = [*(ROOT / "auth0").glob("*.yaml"), *(ROOT / "auth0" / "actions").glob("*.js")]
    documents = [path for name in ("openapi.yaml", "sample.json") for path in (ROOT / "functions").glob(f"*/{name}")]
    total = hashlib.sha256(hashlib.sha256(environment.plan_file.read_bytes()).digest())
    for path in sorted(filter(Path.is_file, [*_built(environment), *declared, *rules, *documents])):
        name = path.relative_to(ROOT).as_posix()
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
