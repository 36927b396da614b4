"""`make token CONNECTION=<name>`: sign in at the running local tenant like the site, and print the access token.

It uses the code flow with PKCE over HTTP (RFC 6749 §4.1, RFC 7636), as Ada Lovelace. Only the token goes to standard
output:

    curl -H "Authorization: Bearer $(make token CONNECTION=amazon)" ...

CLIENT=<name> signs in as a machine client of auth0/access.yaml, with its secret (RFC 6749 §4.4). The request names no
scopes, so the token gets those that access.yaml grants.
"""

import argparse
import os
import sys
from typing import Any

import httpx

from scripts import command_line
from scripts.build.data_files.access import load_access
from scripts.build.data_files.documents import hint
from scripts.errors import UserError, run
from scripts.local_stack import settings
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.sign_in import Application, sign_in, sign_in_machine
from scripts.tools import ROOT

_PERSON = "ada@example.com"
_SCOPE = "openid profile email"


def main() -> None:
    """Print a token.

    Raises:
        UserError: the tenant is not up, or has no such connection.
        OperationError: the tenant refused the sign-in; the text says why.
    """
    arguments = _parser().parse_args()
    chosen = settings.from_environment(os.environ)
    with httpx.Client(base_url=chosen.issuer, timeout=30, trust_env=False) as http:
        _require_tenant(http, chosen)
        if arguments.client:
            answer = _as_machine(http, chosen, arguments.client)
        else:
            application = _prepare(chosen, arguments.connection)
            answer = sign_in(http, application, connection=arguments.connection, scope=arguments.scope, person=_PERSON)
    told = f"scope: {answer.get('scope', '(none)')}; valid for {answer['expires_in']} s"
    print(told, file=sys.stderr)
    print(answer["access_token"])


def _parser() -> argparse.ArgumentParser:
    parser = command_line.parser("token", __doc__)
    parser.add_argument("--connection", default=os.environ.get("CONNECTION", ""), help="default: CONNECTION")
    parser.add_argument("--client", default=os.environ.get("CLIENT", ""), help="a machine client (default: CLIENT)")
    parser.add_argument(
        "--scope",
        default=os.environ.get("SCOPE") or _SCOPE,
        help=f'the scopes to request; the Action adds what the connection grants (default: SCOPE, or "{_SCOPE}")',
    )
    return parser


def _require_tenant(http: httpx.Client, chosen: Settings) -> None:
    try:
        http.get("/.well-known/openid-configuration").raise_for_status()
    except httpx.HTTPError as error:
        raise UserError(f"no local tenant answers at {chosen.issuer}; run `make up` or `make tenant`.") from error


def _as_machine(http: httpx.Client, chosen: Settings, name: str) -> dict[str, Any]:
    access = load_access(ROOT / "auth0" / "access.yaml")
    if name not in access["machine_clients"]:
        raise UserError(
            f"there is no machine client '{name}' in auth0/access.yaml{hint(name, access['machine_clients'])}."
        )
    tenant = LocalTenant(chosen)
    client_id = tenant.machine_client_ids(access)[name]
    secret = tenant.api.send("GET", f"clients/{client_id}")["client_secret"]
    return sign_in_machine(http, access["audience"], client_id, secret)


def _prepare(chosen: Settings, connection: str) -> Application:
    tenant = LocalTenant(chosen)
    known = tenant.connection_names()
    if connection not in known:
        problem = f"there is no connection '{connection}'" if connection else "say which connection"
        raise UserError(f"{problem}: CONNECTION=<one of {', '.join(known) or 'none'}>.")
    client_id = tenant.client_id()
    tenant.set_site_origin(client_id, chosen.site_origin)  # `make tenant` alone does not set it
    audience = load_access(ROOT / "auth0" / "access.yaml")["audience"]
    return Application(client_id, f"{chosen.site_origin}/", audience)


if __name__ == "__main__":
    run(main)
