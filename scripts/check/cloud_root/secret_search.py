"""Searches Terraform's state and a saved plan for secrets."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts.console import detail
from scripts.errors import OperationError
from scripts.terraform_root import TerraformRoot


def require_absent(
    root: TerraformRoot, plan_file: Path, values: Mapping[str, object], secrets: Mapping[str, str], kind: str
) -> None:
    """Plan anew, with all objects as they are; raise OperationError if state or plan has one of the secrets.

    `secrets` has each by its name for people. `kind` is the type of a resource that has to be in the state, so that the
    search is of the right one.
    """
    root.plan(plan_file, **values)
    texts = {"the state": root.pull_state().encode()}
    with zipfile.ZipFile(plan_file) as archive:
        texts |= {f"{name} of the plan": archive.read(name) for name in archive.namelist()}
    if kind.encode() not in texts["the state"]:
        raise OperationError(f"the state has no {kind}, so nothing was searched")
    for name, secret in secrets.items():
        for place, text in texts.items():
            if secret.encode() in text:
                raise OperationError(f"{place} has {name}")
    detail(f"neither the state nor the plan has {' or '.join(secrets)} ({len(texts)} files searched)")
