"""Starts background processes once, finds them again by process id, and stops them by process id."""

import contextlib
import functools
import hashlib
import json
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import httpx
import psutil

from scripts import whole_file
from scripts.child_environment import for_program
from scripts.errors import OperationError, UserError

START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Service:
    """A program that runs in the background.

    `environment` is added to the inherited one. `ports` maps each port to the variable that sets it. `sources` are the
    program's files; if they change, the running process is out of date.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: Mapping[int, str]
    health_url: str
    sources: tuple[Path, ...]
    directory: Path

    @property
    def log(self) -> Path:
        """The file for the program's output."""
        return self.directory / "logs" / f"{self.name}.log"

    @property
    def record(self) -> Path:
        """The file that records the running process's identity."""
        return self.directory / f"{self.name}.json"

    def digest(self) -> str:
        """Return a fingerprint of the command, the environment and the sources' contents."""
        total = hashlib.sha256(json.dumps([self.command, sorted(self.environment.items())]).encode())
        for source in sorted(self.sources):
            total.update(str(source).encode() + b"\0" + source.read_bytes())
        return total.hexdigest()


class _Record(TypedDict):
    """A process's identity: its id, its start (Unix time, seconds), and the fingerprint of what was started."""

    pid: int
    started: float
    digest: str


def require_running(wanted: Iterable[Service]) -> None:
    """Raise UserError unless each of the services runs."""
    if not all(map(running, wanted)):
        raise UserError("the local system is not running; start it with `make up`.")


def running(service: Service) -> psutil.Process | None:
    """Return the service's process, or None if it has ended. Another process with the same id does not count.

    If the service's folder was removed meanwhile, find the process by its port, its command and its folder.
    """
    record = _read_record(service)
    if record is None:
        return next((process for port in service.ports for process in _listeners(port) if _is(service, process)), None)
    try:
        process = psutil.Process(record["pid"])
        alive = process.create_time() == record["started"] and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if alive else None


def _is(service: Service, process: psutil.Process) -> bool:
    """Return whether a process was started as this service, with the same folder."""
    try:
        return tuple(process.cmdline()) == service.command and service.environment.items() <= process.environ().items()
    except psutil.Error:
        return False


def healthy(service: Service) -> bool:
    """Return whether the service's health endpoint answers."""
    try:
        return _http().get(service.health_url).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@functools.cache  # a new client reads all certificate authorities, which takes longer than a health check
def _http() -> httpx.Client:
    return httpx.Client(timeout=5, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def ensure(service: Service) -> str:
    """Ensure that the service runs with its present sources; return `started`, `restarted` or `running`.

    Raises:
        UserError: another process holds one of its ports.
        OperationError: it ended or did not answer in time; the text names its log.
    """
    process, record = running(service), _read_record(service)
    if process and record and record["digest"] == service.digest() and healthy(service):
        return "running"
    if process:
        stop(service)
    require_free_ports(service)
    _spawn(service)
    return "restarted" if process else "started"


def stop(service: Service) -> bool:
    """Stop the service and its child processes, with SIGTERM first; return whether it was running."""
    process = running(service)
    if process is None:
        service.record.unlink(missing_ok=True)
        return False
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for survivor in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            survivor.kill()
    psutil.wait_procs(left, timeout=STOP_SECONDS)
    service.record.unlink(missing_ok=True)
    return True


def _spawn(service: Service) -> None:
    service.log.parent.mkdir(parents=True, exist_ok=True)
    with service.log.open("ab") as log:
        child = subprocess.Popen(
            service.command,
            env={**for_program(), **service.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that Ctrl-C in the terminal does not reach the service
        )
    _write_record(
        service, {"pid": child.pid, "started": psutil.Process(child.pid).create_time(), "digest": service.digest()}
    )
    deadline = time.monotonic() + START_SECONDS
    while not healthy(service):
        if child.poll() is not None:
            service.record.unlink(missing_ok=True)
            last = service.log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
            raise OperationError(f"{service.name} ended right after its start; it said: {last[0]} (see {service.log})")
        if time.monotonic() > deadline:
            stop(service)
            raise OperationError(f"{service.name} did not answer within {START_SECONDS} s; see {service.log}")
        time.sleep(0.1)


def require_free_ports(service: Service) -> None:
    """Raise UserError, with the holder and the variable, if another process holds a port of the service."""
    if running(service):
        return
    for port, variable in service.ports.items():
        holder = _holder(port)
        if holder is not None:
            raise UserError(f"port {port} is used by {holder}; stop it there, or set {variable} to another port.")


def _holder(port: int) -> str | None:
    """Return the name of the process that listens on the port, if this user may see it."""
    for process in _listeners(port):
        try:
            module = next((word for word in process.cmdline() if word in {"local.aws", "local.tenant"}), None)
            if module is not None:
                return f"{module} of another local system, in {process.cwd()} (process {process.pid})"
            return f"{process.name()} (process {process.pid})"
        except psutil.Error:
            return f"process {process.pid} of another user"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the services do: TIME_WAIT counts as free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return f"another user's process ({error.strerror})"
    return None


def _listeners(port: int) -> Iterator[psutil.Process]:
    """Yield the processes that listen on the port; those of other users may be hidden."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
        if listens and connection.pid is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                yield psutil.Process(connection.pid)


def _read_record(service: Service) -> _Record | None:
    try:
        record = json.loads(service.record.read_text(encoding="utf-8"))
        return {"pid": int(record["pid"]), "started": float(record["started"]), "digest": str(record["digest"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_record(service: Service, record: _Record) -> None:
    whole_file.write(service.record, json.dumps(record).encode())
