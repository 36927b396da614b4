"""Looks for the secrets of connections in Terraform's state and in a saved plan.

Two connections have keys: Terraform took one over with its keys. The other gets its keys without Terraform, as
`make secret` sets them (tests/unit/scripts/operate/test_secret.py tests the verb itself).
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts.check.cloud_root.living_tenant import GOOGLE_KEYS
from scripts.check.cloud_root.tenant import Tenant
from scripts.console import detail
from scripts.errors import OperationError
from scripts.terraform_root import TerraformRoot

CONNECTION = "amazon"
KEYS = {"client_id": "ours at Amazon", "client_secret": "our secret at Amazon"}


def set_keys(tenant: Tenant) -> None:
    """Set a connection's keys, with scopes that Terraform's application lacks; keep its other options."""
    path = f"connections/{tenant.connection_id(CONNECTION)}"
    tenant.api.send("PATCH", path, body={"options": {**tenant.api.get(path)["options"], **KEYS}})


def require_kept(tenant: Tenant) -> None:
    """Raise OperationError unless that connection still has its keys."""
    options = tenant.api.get(f"connections/{tenant.connection_id(CONNECTION)}")["options"]
    if lost := sorted(name for name, value in KEYS.items() if options.get(name) != value):
        raise OperationError(f"{CONNECTION} has lost its {', '.join(lost)}")
    detail(f"{CONNECTION} has its keys still")


def require_absent(root: TerraformRoot, plan_file: Path, values: Mapping[str, object]) -> None:
    """Plan with the tenant's options as they are; raise OperationError if state or plan has a secret."""
    root.plan(plan_file, **values)
    texts = {"the state": root.pull_state().encode()}
    with zipfile.ZipFile(plan_file) as archive:
        texts |= {f"{name} of the plan": archive.read(name) for name in archive.namelist()}
    if b"auth0_connection" not in texts["the state"]:
        raise OperationError("the state has no connection, so nothing was searched")
    for keys in (GOOGLE_KEYS, KEYS):
        for place, text in texts.items():
            if keys["client_secret"].encode() in text:
                raise OperationError(f"{place} has the secret of a connection")
    detail(f"neither the state nor the plan has a secret of a connection ({len(texts)} files searched)")
