"""The tenant's process: how it starts, refuses to start, keeps its data, keeps secrets out of its log, and stops."""

import json
import resource
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from local.tenant import certificates, listeners
from scripts.local_stack.settings import free_ports
from scripts.tools import ROOT
from tests.checkout import EXAMPLE
from tests.commands import run_module

CALLBACK = "http://app.localhost:9000/"


def start(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command that should end by itself."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def test_help_names_every_option() -> None:
    answer = start([sys.executable, "-m", "local.tenant", "--help"])
    assert answer.returncode == 0
    for option in (
        "--port",
        "--tls-port",
        "--state-directory",
        "--access",
        "--action",
        "--empty",
        "--host",
        "--name",
        "--faults",
    ):
        assert option in answer.stdout


@pytest.mark.parametrize(
    ("option", "variable"), [("port", "GATEHOUSE_AUTH0_PORT"), ("tls_port", "GATEHOUSE_AUTH0_TLS_PORT")]
)
def test_a_taken_port_is_named_with_its_setting(
    tenant_arguments: Callable[..., list[str]], tmp_path: Path, option: str, variable: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        answer = run_module("local.tenant", *tenant_arguments(tmp_path / "state", **{option: number}), environment={})
    assert answer.returncode == 2
    assert answer.stderr == f"error: port {number} is in use: stop what uses it, or set {variable} to another port\n"


def test_a_damaged_store_is_named_and_left_as_it_is(tenant_arguments: Callable[..., list[str]], tmp_path: Path) -> None:
    path = tmp_path / "state" / "tenant.db"
    path.parent.mkdir()
    path.write_bytes(b"no database at all")
    answer = run_module("local.tenant", *tenant_arguments(tmp_path / "state"), environment={})
    assert answer.returncode == 2
    assert str(path) in answer.stderr
    assert "make clean" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert path.read_bytes() == b"no database at all"


def test_a_second_tenant_may_not_share_the_directory(tenant: Any, tenant_arguments: Callable[..., list[str]]) -> None:
    answer = run_module("local.tenant", *tenant_arguments(tenant.directory), environment={})
    assert answer.returncode == 2
    assert "another local tenant uses" in answer.stderr


@pytest.mark.parametrize("option", ["access", "action"])
def test_a_missing_file_is_named(tenant_arguments: Callable[..., list[str]], tmp_path: Path, option: str) -> None:
    answer = run_module(
        "local.tenant", *tenant_arguments(tmp_path / "state", **{option: str(tmp_path / "missing")}), environment={}
    )
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "missing" in answer.stderr


def test_a_typing_mistake_in_access_yaml_is_refused_with_its_place(
    tenant_arguments: Callable[..., list[str]], tmp_path: Path
) -> None:
    text = (EXAMPLE / "auth0/access.yaml").read_text()
    (tmp_path / "access.yaml").write_text(text.replace("display_name: Google", "display_nam: Google"))
    shutil.copy(ROOT / "auth0/access.schema.json", tmp_path)
    answer = run_module(
        "local.tenant", *tenant_arguments(tmp_path / "state", access=str(tmp_path / "access.yaml")), environment={}
    )
    assert answer.returncode == 2
    assert "google-oauth2" in answer.stderr
    assert "display_nam" in answer.stderr


def test_it_stops_on_sigterm(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        assert tenant.stop() == 0


def test_a_full_disk_is_an_answer_and_a_line_in_the_log(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        body = {"name": "x" * 100_000, "app_type": "spa"}
        assert tenant.management("GET", "/clients").status_code == 200
        size = (tmp_path / "state" / "tenant.db-wal").stat().st_size
        before = resource.prlimit(tenant.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        answer = tenant.management("POST", "/clients", body)
        assert (answer.status_code, answer.json()["error"]) == (507, "server_error")
        assert "make room on its disk" in tenant.log_path.read_text()
        resource.prlimit(tenant.process.pid, resource.RLIMIT_FSIZE, before)
        assert "x" * 100 not in tenant.management("GET", "/clients").text
        assert tenant.management("POST", "/clients", {**body, "name": "Small"}).status_code == 201


@pytest.mark.parametrize("limit", [3_000, 40_000], ids=["opening", "seeding"])
def test_a_full_disk_at_start_is_a_sentence(
    run_tenant: Any, tenant_arguments: Callable[..., list[str]], tmp_path: Path, limit: int
) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        tenant.stop()
    action = tmp_path / "large.js"
    action.write_text(f"{(ROOT / 'auth0/actions/grant_scopes.js').read_text()}// {'x' * 90_000}\n")
    program = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2);"
    program += "runpy.run_module('local.tenant', run_name='__main__')"
    options = tenant_arguments(tmp_path / "state", action=str(action))
    answer = start([sys.executable, "-c", program, str(limit), *options])
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1), answer.stderr
    assert answer.stderr.startswith("error: cannot write ")


def test_its_files_are_for_their_owner_only(tenant: Any) -> None:
    assert {path.name for path in tenant.directory.iterdir()} >= {"tenant.db", "management.json", "server-key.pem"}
    assert stat.S_IMODE(tenant.directory.stat().st_mode) == 0o700
    for path in tenant.directory.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert json.loads((tenant.directory / "management.json").read_text()).keys() == {"client_id", "client_secret"}


def test_https_is_vouched_for_by_its_own_authority(tenant: Any) -> None:
    trust = ssl.create_default_context(cafile=tenant.directory / "ca.pem")
    for host in ("localhost", "127.0.0.1"):
        address = tenant.https.replace("localhost", host)
        answer = httpx.get(f"{address}/.well-known/openid-configuration", verify=trust)
        assert answer.json()["issuer"] == f"{tenant.https}/"


def test_terraform_gets_its_token_over_https(tenant: Any) -> None:
    credentials = json.loads((tenant.directory / "management.json").read_text())
    trust = ssl.create_default_context(cafile=tenant.directory / "ca.pem")
    with httpx.Client(base_url=tenant.https, verify=trust) as client:
        form = {"grant_type": "client_credentials", "audience": f"{tenant.https}/api/v2/"}
        pair = (credentials["client_id"], credentials["client_secret"])
        token = client.post("/oauth/token", data=form, auth=pair).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v2/clients", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost", "localhost:1", "tenant.localhost:{port}", "localhost:{port}.evil.example"]
)
def test_a_foreign_host_is_refused(tenant: Any, host: str) -> None:
    port = tenant.http.rpartition(":")[2]
    with tenant.client() as client:
        answer = client.get("/.well-known/jwks.json", headers={"Host": host.format(port=port)})
    assert answer.status_code == 421


def test_a_name_from_the_command_line_is_answered_and_named_as_issuer(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state", "--name", "tenant.example", "--name", "10.9.8.7") as tenant:
        port = tenant.http.rpartition(":")[2]
        trust = ssl.create_default_context(cafile=tenant.directory / "ca.pem")
        with tenant.client() as client:
            for name in ("tenant.example", "10.9.8.7", "localhost"):
                answer = client.get("/.well-known/openid-configuration", headers={"Host": f"{name}:{port}"})
                assert answer.json()["issuer"] == f"http://{name}:{port}/"
            assert client.get("/", headers={"Host": f"other.example:{port}"}).status_code == 421
        secure = httpx.Client(verify=trust)
        answer = secure.get(
            f"{tenant.https.replace('localhost', '127.0.0.1')}/test",
            headers={"Host": f"tenant.example:{tenant.https.rpartition(':')[2]}"},
            extensions={"sni_hostname": "tenant.example"},
        )
        secure.close()
        assert answer.status_code == 200
        assert "warning" not in tenant.log_path.read_text()


def test_a_warning_says_what_listening_on_all_addresses_means(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state", host="0.0.0.0") as tenant:  # noqa: S104 - the subject of this test
        assert "can sign in as any user, without a password" in tenant.log_path.read_text()
        port = tenant.http.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.2:{port}/", headers={"Host": f"localhost:{port}"}).status_code == 200


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(
    tenant_arguments: Callable[..., list[str]], tmp_path: Path, host: str
) -> None:
    answer = run_module("local.tenant", *tenant_arguments(tmp_path / "state", host=host), environment={})
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert f"cannot listen on {host}" in answer.stderr


def test_a_half_written_certificate_is_created_again(tmp_path: Path) -> None:
    certificate, key = certificates.prepare(tmp_path)
    whole = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert certificates.prepare(tmp_path) == (certificate, key)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == whole
    for lost in ("ca.pem", "server-key.pem", "server.pem"):
        (tmp_path / lost).unlink()
        certificates.prepare(tmp_path)
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    certificates.prepare(tmp_path, ("tenant.example",))
    assert (tmp_path / "server.pem").read_bytes() != whole["server.pem"]


def test_an_answers_body_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    with listeners.bind("127.0.0.1", 0, "PORT") as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio sets TCP_NODELAY only if the protocol is given


def test_it_listens_on_this_machine_only(tenant: Any) -> None:
    port = int(tenant.http.rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def steady_ports() -> dict[str, str]:
    """Return ports that stay free while the tenant is down."""
    return dict(zip(("port", "tls_port"), map(str, free_ports(2)), strict=True))


def test_sessions_tokens_keys_and_callbacks_outlive_a_restart(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    ports = steady_ports()
    with run_tenant(tmp_path / "state", **ports) as tenant:
        app = next(row for row in tenant.management("GET", "/clients").json() if row["name"] == "AWSDemo")
        changes = {"callbacks": [CALLBACK]}
        assert tenant.management("PATCH", f"/clients/{app['client_id']}", changes).status_code == 200
        browser = browser_of(app, tenant)
        tokens = browser.tokens()
        keys = browser.http.get("/.well-known/jwks.json").json()
        tenant.stop()
    with run_tenant(tmp_path / "state", **ports) as tenant:
        assert browser.http.get("/.well-known/jwks.json").json() == keys
        assert "code" in browser.answer(browser.authorize(prompt="none"))
        assert browser.refresh(tokens["refresh_token"]).status_code == 200


def test_what_was_answered_outlives_a_kill_at_any_moment(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    ports = steady_ports()
    app, keys, last = None, None, None
    for moment in (0.05, 0.31, 0.72):
        with run_tenant(tmp_path / "state", **ports) as tenant:
            app = app or tenant.create_client()
            browser = browser_of(app, tenant)
            known = browser.http.get("/.well-known/jwks.json").json()
            assert known == (keys or known)
            keys = known
            if last:
                assert browser.refresh(last).status_code == 200
            last = browser.tokens(prompt="login")["refresh_token"]  # on a slow machine perhaps the only one
            killer = threading.Timer(moment, tenant.process.kill)
            killer.start()
            try:
                while True:
                    last = browser.tokens(prompt="login")["refresh_token"]
            except httpx.TransportError:
                killer.join()


def test_what_auth0_declares_is_brought_up_to_date_at_start(run_tenant: Any, tmp_path: Path) -> None:
    shutil.copy(ROOT / "auth0/access.schema.json", tmp_path)
    access = tmp_path / "access.yaml"
    text = (EXAMPLE / "auth0/access.yaml").read_text()
    access.write_text(text)
    with run_tenant(tmp_path / "state", access=str(access)) as tenant:
        before = {row["name"]: row for row in tenant.management("GET", "/connections").json()}
        tenant.stop()
    access.write_text(text.replace("display_name: Google", "display_name: Gugel").replace("  amazon:", "  github:"))
    with run_tenant(tmp_path / "state", access=str(access)) as tenant:
        after = {row["name"]: row for row in tenant.management("GET", "/connections").json()}
        action = tenant.management("GET", "/actions/actions").json()["actions"][0]
    assert set(after) == {"github", "google-oauth2"}
    assert after["google-oauth2"]["display_name"] == "Gugel"
    assert after["google-oauth2"]["id"] == before["google-oauth2"]["id"]
    assert "Gugel" in action["deployed_version"]["code"]
    assert action["deployed_version"]["number"] == 2


def test_a_new_tenant_has_the_application_the_api_the_connections_and_the_action(
    run_tenant: Any, tmp_path: Path
) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        clients = {row["name"]: row for row in tenant.management("GET", "/clients").json()}
        apis = tenant.management("GET", "/resource-servers").json()
        connections = tenant.management("GET", "/connections").json()
        bindings = tenant.management("GET", "/actions/triggers/post-login/bindings").json()["bindings"]
    app = clients["AWSDemo"]
    assert (app["app_type"], app["token_endpoint_auth_method"]) == ("spa", "none")
    assert app["grant_types"] == ["authorization_code", "refresh_token"]
    assert [(api["name"], api["identifier"]) for api in apis] == [
        ("StreamingResourceServer", "https://StreamingResourceServer")
    ]
    declared = yaml.safe_load((EXAMPLE / "auth0" / "access.yaml").read_text(encoding="utf-8"))["scopes"]
    assert {scope["value"] for scope in apis[0]["scopes"]} == set(declared)
    assert {row["name"]: row["enabled_clients"] for row in connections} == {
        "amazon": [app["client_id"]],
        "google-oauth2": [app["client_id"]],
    }
    assert len(bindings) == 1


def test_an_empty_tenant_has_only_the_way_in(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        assert len(tenant.management("GET", "/clients").json()) == 1
        assert tenant.management("GET", "/resource-servers").json() == []
        assert tenant.management("GET", "/connections").json() == []
        assert tenant.management("GET", "/actions/actions").json()["actions"] == []


def test_the_log_tells_no_token_secret_name_or_address(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        app = tenant.create_client()
        browser = browser_of(app, tenant)
        code = browser.sign_in()["code"]
        tokens = browser.exchange(code).json()
        browser.exchange(code)
        browser.refresh("wrong-refresh-token")
        browser.http.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        tenant.stop()
    log = (tmp_path / "state.log").read_text()
    assert '"endpoint": "authorize", "status": 302' in log
    told = [code, *tokens.values(), app["client_secret"], "ada@example.com", "Lovelace", "google-oauth2|", "the-state"]
    assert [
        each for each in told if isinstance(each, str) and each not in ("Bearer", tokens["scope"]) and each in log
    ] == []
