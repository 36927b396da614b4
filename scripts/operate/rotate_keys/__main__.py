"""`make rotate-keys ENV=<environment>`: replace a key or secret that is in use, without a failed request.

    make rotate-keys ENV=prod                                          the tenant's signing key
    make rotate-keys ENV=prod WHAT=api-secret                          the secret of HS256 (SURE=yes: at once)
    make rotate-keys ENV=prod WHAT=client-key NEW_KEY=<file>           the key of Terraform's application in the tenant
    make rotate-keys ENV=prod DRY=1                                    only say what would happen, and until when
    make rotate-keys ENV=prod CONFIRM=prod                             without asking

You may interrupt a rotation: the tenant and AWS know its progress, and the same command continues it. The credentials
need scopes that Terraform's application does not have; an error names them. AUTH0_API_TOKEN takes a token from the
Management API's page in Auth0's dashboard. `make origin-key` rotates the distribution's key. If a key was stolen, do
not wait for a rotation: follow docs/operations.md.
"""

import os
from collections.abc import Callable, Mapping

from scripts import confirmation, deployed, environments
from scripts.errors import UserError, run
from scripts.operate.doctor import target as tenants
from scripts.operate.rotate_keys import api_secret, client_key, signing_key
from scripts.operate.rotate_keys.rotation import Rotation

_ROTATIONS: Mapping[str, Callable[[Rotation], None]] = {
    "signing-key": signing_key.rotate,
    "api-secret": api_secret.rotate,
    "client-key": client_key.rotate,
}


def main() -> None:
    """Choose the rotation that the command line names, and run it."""
    parser = environments.parser("rotate-keys", __doc__)
    parser.add_argument("--what", default=os.environ.get("WHAT") or "signing-key", help=", ".join(_ROTATIONS))
    parser.add_argument("--dry-run", action="store_true", default=bool(os.environ.get("DRY")), help="as DRY=1")
    confirmation.add_argument(parser)
    options = parser.parse_args()
    environment = environments.find(options.environment)
    if options.what == "connection":
        raise UserError(f"`make secret ENV={environment.name} NAME=<connection>` rotates the secret of a connection.")
    if options.what not in _ROTATIONS:
        raise UserError(f"WHAT={options.what} is unknown; give one of {', '.join(_ROTATIONS)}.")
    tenant = tenants.of(environment)
    with deployed.resumable():
        _ROTATIONS[options.what](Rotation(environment, tenant, options.dry_run, options.confirm, os.environ))


if __name__ == "__main__":
    run(main)
