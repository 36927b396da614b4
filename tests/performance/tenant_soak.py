"""`make soak`: sign in at the local tenant many times, on one core, without an error and without growing memory.

The tenant and its Action process are pinned to one core and the load to another. A sign-in does what a browser and the
site do: /authorize, the identity provider's page, its form, and the exchange of the code with PKCE. The Action runs in
between. Each sign-in is of another person.
"""

import base64
import hashlib
import http.client
import itertools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import psutil

from scripts import command_line
from scripts.tools import ROOT
from tests.checkout import EXAMPLE

CALLBACK = "http://app.localhost/"
FLOOR_PER_SECOND = 50
GROWTH_MEGABYTES = 20  # between the middle and the end
_WORKERS = 4
_SAMPLES = 10
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Server:
    """The tenant's process: its address, and the size of it and its Action process."""

    port: int
    client_id: str
    process: psutil.Process

    def megabytes(self) -> float:
        """Return the resident memory of both."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family) / 1e6

    def cpu_seconds(self) -> float:
        """Return the processor time that both have used."""
        times = [each.cpu_times() for each in [self.process, *self.process.children(recursive=True)]]
        return sum(each.user + each.system for each in times)


@dataclass
class Load:
    """The state that the workers share: how many sign-ins are left, and the results of the others."""

    numbers: "itertools.count[int]"
    last: int
    done: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One browser with one connection; every sign-in is a new person in a fresh session."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = http.client.HTTPConnection("localhost", server.port, timeout=30)

    def sign_in(self, number: int) -> None:
        """Sign in once; raise ValueError with the step that went wrong."""
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": self._server.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "connection": ("amazon", "google-oauth2")[number % 2],
            "scope": "openid profile email offline_access read:Movies read:Devices",
            "audience": "https://StreamingResourceServer",
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        _, headers, _ = self._call("GET", f"/authorize?{urlencode(query)}", 302)
        cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
        _, _, page = self._call("GET", headers["location"], 200, headers=cookie)
        csrf = _CSRF.search(page)
        person = {"csrf": csrf[1] if csrf else "", "name": f"Person {number}", "email": f"person{number}@example.com"}
        _, answer, _ = self._call("POST", headers["location"], 303, urlencode(person), {**cookie, **_FORM})
        code = parse_qs(urlsplit(answer["location"]).query).get("code")
        if code is None:
            raise ValueError("no code")
        grant = {"grant_type": "authorization_code", "client_id": self._server.client_id, "code": code[0]}
        grant |= {"redirect_uri": CALLBACK, "code_verifier": verifier}
        _, _, tokens = self._call("POST", "/oauth/token", 200, urlencode(grant), _FORM)
        granted = json.loads(tokens)["scope"].split()
        if ("read:Movies", "read:Devices")[number % 2] not in granted or len(granted) != 5:
            raise ValueError("wrong scopes")

    def _call(
        self, method: str, path: str, expected: int, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        self._http.request(method, path, body, headers or {})
        response = self._http.getresponse()
        text = response.read().decode()
        if response.status != expected:
            raise ValueError(f"{method} {path.partition('?')[0]}: {response.status}")
        return response.status, response.headers, text


def main() -> None:
    """Run the load, print the figures, and exit with 1 if one misses its bar."""
    parser = command_line.parser("soak", __doc__)
    parser.add_argument("sign_ins", type=int, nargs="?", default=20_000, help="how many (default 20000)")
    wanted = parser.parse_args().sign_ins
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the tenant ends with its load
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as directory:
        process = _start(Path(directory) / "state", cores[0])
        try:
            os.sched_setaffinity(0, {cores[-1]})
            sys.exit(_measure(process, Path(directory) / "state", wanted, shared=len(cores) == 1))
        finally:
            process.terminate()
            process.wait()


def _start(state: Path, core: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "local.tenant", "--port", "0", "--tls-port", "0", "--state-directory", str(state)]
    command += [
        "--access",
        str(EXAMPLE / "auth0" / "access.yaml"),
        "--action",
        str(ROOT / "auth0/actions/grant_scopes.js"),
    ]
    return subprocess.Popen(
        ["taskset", "-c", str(core), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _measure(process: "subprocess.Popen[str]", state: Path, wanted: int, *, shared: bool) -> int:
    if process.stdout is None:
        raise RuntimeError("the tenant was started without a pipe")
    port = urlsplit(json.loads(process.stdout.readline())["http"]).port
    if port is None:
        raise RuntimeError("the tenant names no port")
    server = Server(port, _prepare(port, state), psutil.Process(process.pid))
    Visitor(server).sign_in(0)  # the first sign-in starts the Action process
    print(f"{wanted} sign-ins, the tenant on one core{', which the load shares' if shared else ''}", flush=True)
    load = Load(itertools.count(1), wanted)
    began, used, sizes = time.monotonic(), server.cpu_seconds(), [server.megabytes()]
    workers = [threading.Thread(target=_work, args=(server, load), daemon=True) for _ in range(_WORKERS)]
    for worker in workers:
        worker.start()
    for sample in range(1, _SAMPLES + 1):
        while load.done["ok"] + load.errors.total() < wanted * sample // _SAMPLES:
            time.sleep(0.2)
        sizes.append(server.megabytes())
        seconds = time.monotonic() - began
        print(f"  {wanted * sample // _SAMPLES:6} in {seconds:6.1f} s, {sizes[-1]:5.1f} MB", flush=True)
    for worker in workers:
        worker.join()
    return _report(load, time.monotonic() - began, server.cpu_seconds() - used, sizes)


def _work(server: Server, load: Load) -> None:
    visitor = Visitor(server)
    for number in load.numbers:
        if number > load.last:
            return
        try:
            visitor.sign_in(number)
        except (ValueError, OSError, http.client.HTTPException) as error:
            load.errors[f"{type(error).__name__}: {error}"] += 1
            visitor = Visitor(server)
        else:
            load.done["ok"] += 1


def _report(load: Load, seconds: float, cpu_seconds: float, sizes: list[float]) -> int:
    rate, middle = load.last / seconds, sizes[len(sizes) // 2]
    growth = sizes[-1] - middle
    rows = [
        (f"{rate:.0f} sign-ins a second (at least {FLOOR_PER_SECOND})", rate >= FLOOR_PER_SECOND),
        (f"{load.errors.total()} errors {dict(load.errors.most_common(3)) or ''}", not load.errors),
        (
            f"resident memory {sizes[0]:.1f} MB at the start, {middle:.1f} in the middle, {sizes[-1]:.1f} at the end "
            f"(second half at most +{GROWTH_MEGABYTES} MB)",
            growth <= GROWTH_MEGABYTES,
        ),
    ]
    for text, holds in rows:
        print(f"{'ok  ' if holds else 'MISS'} {text}")
    print(f"     {1000 * cpu_seconds / load.last:.1f} ms of processor time a sign-in, the Action's process included")
    return 0 if all(holds for _, holds in rows) else 1


def _prepare(port: int, state: Path) -> str:
    """Register the callback for the site's application; return its `client_id`."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    credentials = json.loads((state / "management.json").read_text())
    grant = {"grant_type": "client_credentials", "audience": f"http://localhost:{port}/api/v2/", **credentials}
    connection.request("POST", "/oauth/token", urlencode(grant), _FORM)
    headers = {"Authorization": f"Bearer {json.loads(connection.getresponse().read())['access_token']}"}
    connection.request("GET", "/api/v2/clients", headers=headers)
    clients = json.loads(connection.getresponse().read())
    client_id = next(str(client["client_id"]) for client in clients if client["name"] == "AWSDemo")
    change = json.dumps({"callbacks": [CALLBACK]})
    connection.request("PATCH", f"/api/v2/clients/{client_id}", change, {**headers, "Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()
    return client_id


if __name__ == "__main__":
    main()
