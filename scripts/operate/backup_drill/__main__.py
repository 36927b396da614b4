"""`make backup-drill ENV=<environment>`: restore each backup of an environment, compare it, and delete the copy.

Nobody can trust a backup that was never restored. The drill

- restores each table that keeps backups (module stack: protect_data) to its latest point in time, next to the original;
- restores the previous version of Terraform's state, under another key of its bucket;
- exports the tenant to build/backup/<environment>.tenant.json and names each object that changed since the last export.

It deletes the copies of tables and state, also after a failure. The export stays: it has no secrets and no users. The
exit code is 1 if a copy differs, and 2 if a part cannot be drilled; the command names the part.
"""

import functools
import os

from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.environments import CloudEnvironment, Environment
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import settings
from scripts.local_stack.tenant import LocalTenant
from scripts.management_api import ManagementApi
from scripts.operate.backup_drill import state, tables, tenant
from scripts.operate.doctor import target as tenants
from scripts.tools import ROOT


def main() -> None:
    """Drill every part; fail if one cannot be restored, or differs."""
    environment = environments.find(environments.parser("backup-drill", __doc__).parse_args().environment)
    target = deployed.find(environment)
    parts = (
        functools.partial(tables.drill_all, target),
        functools.partial(_state, environment, target),
        functools.partial(_tenant, environment),
    )
    failed, not_drilled = [], []
    for part in parts:
        try:
            part()
        except UserError as error:
            not_drilled.append(str(error))
            detail(f"NOT DRILLED: {error}")
        except OperationError as error:
            failed.append(str(error))
            detail(f"FAILED: {error}")
        except (BotoCoreError, ClientError) as error:
            failed.append(f"AWS: {error}")
            detail(f"FAILED: {failed[-1]}")
    if failed:
        raise OperationError(" ".join(failed))
    if not_drilled:
        raise UserError(
            f"{len(parts) - len(not_drilled)} of {len(parts)} drills passed; not drilled: {' '.join(not_drilled)}"
        )
    step("Every backup came back, and is the same")


def _state(environment: Environment, target: Deployed) -> None:
    if not isinstance(environment, CloudEnvironment):
        raise UserError("the state of the local system is a file, and has no earlier versions.")
    backend = environment.backend()
    state.drill(target.client("s3"), backend["bucket"], backend["key"])


def _tenant(environment: Environment) -> None:
    if isinstance(environment, CloudEnvironment):
        asked = tenants.of(environment)
        with ManagementApi(asked.tenant_url, asked.shell) as api:
            tenant.drill(api, ROOT / "build" / "backup" / f"{environment.name}.tenant.json")
        return
    here = settings.from_environment(os.environ)
    tenant.drill(LocalTenant(here).api, here.directory / "tenant-export.json")


if __name__ == "__main__":
    run(main)
