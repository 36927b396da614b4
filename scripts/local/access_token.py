"""`make token CONNECTION=<name>`: sign in at the running local tenant as the site does, and print the access token.

The code flow with PKCE over HTTP (RFC 6749 §4.1, RFC 7636), as Ada Lovelace. Only the token goes to standard output:

    curl -H "Authorization: Bearer $(make token CONNECTION=amazon)" ...
"""

import argparse
import os
import sys

import httpx

from scripts.build.data_files.access import load_access
from scripts.errors import UserError, run
from scripts.local_stack import settings
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.sign_in import Application, sign_in
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
        application = _prepare(chosen, arguments.connection)
        answer = sign_in(http, application, connection=arguments.connection, scope=arguments.scope, person=_PERSON)
    told = f"scope: {answer.get('scope', '(none)')}; valid for {answer['expires_in']} s"
    print(told, file=sys.stderr)
    print(answer["access_token"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make token", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connection", default=os.environ.get("CONNECTION", ""), help="default: CONNECTION")
    parser.add_argument(
        "--scope",
        default=os.environ.get("SCOPE") or _SCOPE,
        help=f'what to ask for; the Action adds what the connection grants (default: SCOPE, or "{_SCOPE}")',
    )
    return parser


def _require_tenant(http: httpx.Client, chosen: Settings) -> None:
    try:
        http.get("/.well-known/openid-configuration").raise_for_status()
    except httpx.HTTPError as error:
        raise UserError(f"no local tenant answers at {chosen.issuer}; run `make up` or `make tenant`.") from error


def _prepare(chosen: Settings, connection: str) -> Application:
    tenant = LocalTenant(chosen)
    known = tenant.connection_names()
    if connection not in known:
        problem = f"there is no connection '{connection}'" if connection else "say which connection"
        raise UserError(f"{problem}: CONNECTION=<one of {', '.join(known) or 'none'}>.")
    client_id = tenant.client_id()
    tenant.set_site_origin(client_id, chosen.site_origin)  # `make tenant` knows no site yet
    audience = load_access(ROOT / "auth0" / "access.yaml")["audience"]
    return Application(client_id, f"{chosen.site_origin}/", audience)


if __name__ == "__main__":
    run(main)
