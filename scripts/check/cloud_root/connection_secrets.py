"""The keys of two connections: one that was taken over with them, and one that gets them outside Terraform.

The second gets them as `make secret` sets them (tests/unit/scripts/operate/test_secret.py tests the verb itself).
"""

from scripts.check.cloud_root.living_tenant import GOOGLE_KEYS
from scripts.check.cloud_root.tenant import Tenant
from scripts.console import detail
from scripts.errors import OperationError

CONNECTION = "amazon"
KEYS = {"client_id": "ours at Amazon", "client_secret": "our secret at Amazon"}
SECRETS = {
    "the secret at Amazon": KEYS["client_secret"],
    "the secret at Google": GOOGLE_KEYS["client_secret"],
}


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
