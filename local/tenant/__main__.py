"""The command line: `python -m local.tenant --help`."""

import asyncio
import contextlib
import ipaddress
import json
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from local.start import StartError, run
from local.tenant import access, certificates, look, people, seed
from local.tenant.action_process import ActionProcess
from local.tenant.app import create_app
from local.tenant.command_line import Settings, parse
from local.tenant.errors import StoreError
from local.tenant.faults import Faults
from local.tenant.listeners import Listeners, bind
from local.tenant.management.routes import all_scopes
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Store
from local.tenant.tenant import Tenant

_GRACE_SECONDS = 3

_log = logging.getLogger("local.tenant")


class _Server(uvicorn.Server):
    """One of the two servers of the process; `_serve` handles the signals instead."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main() -> None:
    """Start the tenant and serve until SIGTERM or SIGINT; raise StartError if it cannot start."""
    settings = parse()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    http = bind(settings.host, settings.port, "GATEHOUSE_AUTH0_PORT")
    https = bind(settings.host, settings.tls_port, "GATEHOUSE_AUTH0_TLS_PORT")
    listeners = Listeners(http.getsockname()[1], https.getsockname()[1], settings.names)
    try:
        tenant = _prepare(settings, listeners)
        certificate, key = certificates.prepare(settings.state_directory, settings.names)
    except StoreError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"cannot write in {settings.state_directory}: {error.strerror}") from error
    _warn(settings)
    asyncio.run(_serve(tenant, http, https, certificate, key))
    tenant.store.close()


def _prepare(settings: Settings, listeners: Listeners) -> Tenant:
    declared = access.load(settings.access_path, settings.action_path)
    known = people.load(settings.people_path, sorted(declared.scopes))
    store = Store(settings.state_directory)
    logo = (
        look.read_logo(settings.access_path.parent.parent / "site", declared.branding["logo"])
        if declared.branding
        else None
    )
    tenant = Tenant(
        store,
        SigningKeys(store.signing_keys),
        listeners,
        ActionProcess(),
        logo=logo,
        faults=Faults() if settings.faults else None,
        requests_per_second=settings.requests_per_second,
        management_scopes=tuple(all_scopes()),
    )
    seed.seed_management(tenant)
    seed.seed_people(tenant, known)
    if not settings.empty:
        seed.seed(tenant, declared, known)
    return tenant


def _warn(settings: Settings) -> None:
    if not ipaddress.ip_address(socket.gethostbyname(settings.host)).is_loopback:
        _log.warning(
            "warning: listening on %s, so anyone who reaches this machine can sign in as any user, without a "
            "password; do not trust its tokens elsewhere, and stop it when you are done",
            settings.host,
        )
    if settings.faults:
        _log.warning("warning: programs on this machine can switch on faults at /_faults")


async def _serve(tenant: Tenant, http: socket.socket, https: socket.socket, certificate: Path, key: Path) -> None:
    app = create_app(tenant)
    plain = _configuration(app)
    secure = _configuration(app)
    secure.ssl_certfile, secure.ssl_keyfile = str(certificate), str(key)
    servers = [_Server(plain), _Server(secure)]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    # The caller may have asked for any free port. The sockets already listen, so a request sent now gets its answer.
    origins = {scheme: tenant.listeners.origin(scheme) for scheme in ("http", "https")}
    sys.stdout.write(json.dumps(origins) + "\n")
    sys.stdout.flush()
    await asyncio.gather(servers[0].serve([http]), servers[1].serve([https]))
    await tenant.actions.close()


def _configuration(app: ASGIApp) -> uvicorn.Config:
    # uvicorn's access log would contain URLs, and so codes and tokens.
    return uvicorn.Config(
        app,
        access_log=False,
        lifespan="off",
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


if __name__ == "__main__":
    run(main)
