"""`make user-erase ENV=<environment> SUB=...`: erase a user, to fulfil a privacy request.

    make user-erase ENV=prod SUB='google-oauth2|1234'                  say what is erased and what is not, ask, do it
    make user-erase ENV=prod SUB='google-oauth2|1234' CONFIRM=prod     without asking

It deletes the user in the tenant, with sessions, refresh tokens and consents. It also makes the APIs refuse the user's
access tokens, which no tenant can take back. The credentials need read:users and delete:users, which Terraform's
application does not have: AUTH0_API_TOKEN takes a token from the Management API's page in Auth0's dashboard. It prints
the user's pseudonym in our logs, but neither the SUB nor anything else about the user.
"""

import argparse
import os
import time
from urllib.parse import quote

import httpx

from authorizer.subjects import subject_hasher
from scripts import confirmation, deployed, environments, revocation_list
from scripts.console import detail, step
from scripts.errors import UserError, run
from scripts.management_api import ManagementApi, ManagementError
from scripts.operate.doctor import target as tenants
from scripts.operate.revoke import switch

NOT_REACHED = (
    "our log lines of the user have only the pseudonym; they go when the log groups' retention ends",
    "the tenant's own log has the user's address; Auth0 deletes its lines after the days of your plan (docs: Log Data "
    "Retention)",
    "log streams and exports of the tenant: ask their recipients",
    "the identity provider's account: it belongs to the user, who can sign in again and is then a new user",
    "rows that the user wrote through an API: a row names no owner; delete it by its API",
)
"""The data that the command cannot erase, each with the reason."""


def main() -> None:
    """Say what will happen, ask, delete the user, and refuse the tokens."""
    options = _options()
    environment = environments.find(options.environment)
    tenant = tenants.of(environment)
    with deployed.resumable():
        target = deployed.find(environment)
        pseudonym = subject_hasher(target.subject_hash_key())(options.sub)
        with ManagementApi(tenant.tenant_url, tenant.shell) as api:
            step(f"The user {pseudonym} of {tenant.issuer}")
            there = exists(api, options.sub)
            detail("will be erased: user, sessions, refresh tokens" if there else "is not in the tenant (any more)")
            detail("access tokens: will be refused within a minute, until the last one has expired")
            for line in NOT_REACHED:
                detail(f"is not erased: {line}")
            confirmation.require_name(environment.name, options.confirm, to="erase this user for good")
            if there:
                api.send("DELETE", f"users/{quote(options.sub, safe='')}")
        until = revocation_list.end("sub", None, time.time())
        entry = revocation_list.named("sub", pseudonym)
        switch.put_in_force(target, lambda standing: {**standing, entry: until})
    step(f"The user {pseudonym} is erased; `make logs` and `make denials` show earlier lines under this pseudonym")


def exists(api: ManagementApi, user_id: str) -> bool:
    """Return whether the tenant has a user.

    Raises:
        ManagementError: the tenant does not answer, or the credentials lack read:users.
    """
    try:
        api.get(f"users/{quote(user_id, safe='')}", fields="user_id")
    except ManagementError as error:
        if error.status == httpx.codes.NOT_FOUND:
            return False
        raise
    return True


def _options() -> argparse.Namespace:
    parser = environments.parser("user-erase", __doc__)
    parser.add_argument("--sub", default=os.environ.get("SUB", ""), help="the user's `sub` (default: SUB)")
    confirmation.add_argument(parser)
    options = parser.parse_args()
    if "|" not in options.sub:
        raise UserError(
            "SUB is the user's `sub`, <connection>|<id>: Auth0 shows it as user_id (User Management > Users)."
        )
    return options


if __name__ == "__main__":
    run(main)
