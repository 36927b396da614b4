"""`make doctor` against a real local tenant, which has a Rule or not, and an emulated AWS."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.tenant.store import Store
from scripts.environments import Environment
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.management_scopes import TERRAFORM_SCOPES
from scripts.operate.doctor import account, place, tenant
from scripts.operate.doctor.__main__ import examine
from scripts.operate.doctor.findings import ProblemError
from scripts.operate.doctor.management import Management
from scripts.operate.doctor.place import Place
from scripts.tools import ROOT

RULE = {
    "id": "rul_1",
    "name": "Add scopes",
    "script": "function (user, context, callback) { callback(null, user, context); }",
    "order": 1,
    "enabled": True,
    "stage": "login_success",
}


def on_free_ports(directory: Path) -> Settings:
    aws, auth0, auth0_tls = free_ports(3)
    return Settings(directory, aws_port=aws, auth0_port=auth0, auth0_tls_port=auth0_tls)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a running local tenant and an emulated AWS."""
    chosen = on_free_ports(tmp_path_factory.mktemp("local"))
    both = definitions.services(chosen)
    for service in both:
        services.ensure(service)
    yield chosen
    for service in both:
        services.stop(service)


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The local tenant as a place that has an account too."""
    monkeypatch.setenv("GATEHOUSE_LOCAL_DIR", str(settings.directory))
    for field in ("aws_port", "auth0_port", "auth0_tls_port"):
        monkeypatch.setenv(f"GATEHOUSE_{field.upper()}", str(getattr(settings, field)))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", settings.aws_url)
    return place.of(Environment("local"))


def problem_of(check: Any, *arguments: object) -> ProblemError:
    with pytest.raises(ProblemError) as raised:
        check(*arguments)
    return raised.value


def with_shell(here: Place, **more: str) -> Place:
    return dataclasses.replace(here, shell={**here.shell, **more})


def test_the_local_tenant_is_well(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(here) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "ok       Rules: the tenant has none"
    assert [line.split(":")[0].split(None, 1) for line in said] == [
        ["ok", name]
        for name in ("Rules", "Tenant", "Scopes of Terraform's application", "Connections", "Runtimes of Actions")
    ]


def test_a_tenant_that_still_has_rules_is_told_first_which_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = on_free_ports(tmp_path)
    tenant_of_old = definitions.auth0(chosen)
    (tmp_path / "auth0").mkdir(exist_ok=True)
    store = Store(tmp_path / "auth0")
    store.rules.put("rul_1", RULE)
    store.close()
    monkeypatch.setenv("GATEHOUSE_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("GATEHOUSE_AUTH0_PORT", str(chosen.auth0_port))
    try:
        services.ensure(tenant_of_old)
        assert examine(place.of(Environment("local"))) == 1
    finally:
        services.stop(tenant_of_old)
    assert capsys.readouterr().out.splitlines()[0] == (
        'PROBLEM  Rules: the tenant still has 1 of them ("Add scopes"), and Auth0 runs none since 2026-11-18. '
        "To mend it: move what they did to the Action, then delete them: docs/migrate-from-rules.md."
    )


def test_an_application_with_too_few_scopes_is_told_the_missing_ones(here: Place) -> None:
    lesser = new_application(here, [scope for scope in TERRAFORM_SCOPES if scope != "delete:actions"])
    problem = problem_of(tenant.scopes, lesser, Management(lesser))
    assert str(problem) == "Terraform's application lacks delete:actions"
    assert "Machine to Machine" in problem.fix
    rules = problem_of(tenant.rules, lesser, Management(lesser))
    assert rules.fix == "grant the application read:rules (Management API)"


def new_application(here: Place, scopes: list[str]) -> Place:
    """Make an application with only these scopes of the Management API; return the place with its credentials."""
    management = Management(here)
    headers = {"authorization": f"Bearer {management._token}"}
    with httpx.Client(base_url=str(here.tenant_url), headers=headers, trust_env=False) as client:
        body = {"name": "Lesser", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
        made = client.post("/api/v2/clients", json=body).raise_for_status().json()
        own = client.get("/api/v2/client-grants", params={"client_id": here.shell["AUTH0_CLIENT_ID"]}).json()
        audience = own[0]["audience"]
        grant = {"client_id": made["client_id"], "audience": audience, "scope": scopes}
        client.post("/api/v2/client-grants", json=grant).raise_for_status()
    return with_shell(here, AUTH0_CLIENT_ID=made["client_id"], AUTH0_CLIENT_SECRET=made["client_secret"])


def test_another_tenant_than_the_environment_s_is_refused(here: Place) -> None:
    other = dataclasses.replace(here, account="000000000000", issuer="https://gatehouse-dev.eu.auth0.com/", name="dev")
    problem = problem_of(tenant.identity, other, Management(other))
    assert f"AUTH0_DOMAIN is {here.tenant_url}/, but dev.tfvars has the issuer https://gatehouse-dev" in str(problem)


def test_a_connection_in_the_way_of_the_first_apply_is_named_with_its_id(here: Place) -> None:
    management = Answers({"clients": [], "connections": [{"name": "google-oauth2", "id": "con_0123456789abcdef"}]})
    problem = problem_of(tenant.connections, here, management)
    assert 'existing_connection_ids = { google-oauth2 = "con_0123456789abcdef" }' in problem.fix
    known = dataclasses.replace(here, existing_connections=frozenset({"google-oauth2"}))
    assert tenant.connections(known, management) == "none in the way of the first apply"  # type: ignore[arg-type]


class Answers:
    """A tenant that is not to be had here: one that nothing was applied to yet, or with old Actions."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.rows = rows

    def get(self, path: str, **_: object) -> object:
        return self.rows[path]


def test_an_action_on_an_old_node_is_named(here: Place) -> None:
    actions = [{"name": "old", "runtime": "node18-actions"}, {"name": "new", "runtime": "node22"}]
    problem = problem_of(tenant.action_runtimes, here, Answers({"actions/actions": actions}))
    assert str(problem) == '"old" (node18-actions) run on an old Node.js'


@pytest.mark.parametrize(
    ("shell", "sentence"),
    [
        ({"AUTH0_CLIENT_ID": ""}, "no credentials of the tenant are set"),
        ({"AUTH0_CLIENT_SECRET": "wrong"}, "refuses the credentials"),
        (
            {
                "AUTH0_CLIENT_SECRET": "",
                "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY": "no key",
                "AUTH0_CLIENT_ASSERTION_SIGNING_ALG": "RS256",
            },
            "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY cannot sign",
        ),
    ],
)
def test_credentials_that_are_missing_or_wrong_are_a_sentence(
    here: Place, shell: dict[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine(with_shell(here, **shell)) == 1
    said = capsys.readouterr().out.splitlines()
    assert sentence in said[0]
    assert said[1] == "-        Tenant: not checked, for the same reason as Rules"


def test_a_token_of_the_shell_is_used_as_it_is(here: Place) -> None:
    token = Management(here)._token
    with_token = with_shell(here, AUTH0_API_TOKEN=token, AUTH0_CLIENT_SECRET="unused")
    assert tenant.rules(with_token, Management(with_token)) == "the tenant has none"


def test_a_tenant_that_does_not_answer_is_a_sentence(here: Place) -> None:
    gone = dataclasses.replace(here, tenant_url=f"http://127.0.0.1:{free_ports(1)[0]}")
    problem = problem_of(tenant.rules, gone, Management(gone))
    assert (problem.fix, "does not answer" in str(problem)) == ("run `make up`", True)


def test_no_domain_is_a_sentence_that_names_the_variable(here: Place) -> None:
    nowhere = dataclasses.replace(here, tenant_url=None)
    assert str(problem_of(tenant.rules, nowhere, Management(nowhere))) == "AUTH0_DOMAIN is not set"


def test_aws_credentials_of_another_account_are_refused(here: Place) -> None:
    ours = dataclasses.replace(here, account="000000000000")
    assert account.credentials(ours) == "account 000000000000, region us-east-1"
    theirs = dataclasses.replace(here, account="123456789012", name="dev")
    assert "account 000000000000, but dev.tfvars has 123456789012" in str(problem_of(account.credentials, theirs))


def test_an_account_without_a_role_for_api_gateway_s_logs_is_told_the_command(here: Place) -> None:
    problem = problem_of(account.api_gateway_logging, here)
    assert "refuses stages that log" in str(problem)
    assert "aws apigateway update-account" in problem.fix


def test_no_aws_credentials_are_a_sentence(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert "Unable to locate credentials" in str(problem_of(account.credentials, here))


def test_a_secret_that_the_authorizer_would_refuse_is_found_before_it_is_deployed(here: Place) -> None:
    legacy = dataclasses.replace(here, api_signing_algorithm="HS256")
    assert "there is no secret" in str(problem_of(account.signing_secret, legacy))
    weak = with_shell(legacy, TF_VAR_signing_secret="changeme" * 4)
    assert "can be guessed" in str(problem_of(account.signing_secret, weak))
    strong = with_shell(legacy, TF_VAR_signing_secret="Zq3vN8xKp2LwR7tYb5HsD9fGj4McVaUe")
    assert account.signing_secret(strong) == "good enough for HS256"


def test_the_command_ends_with_1_and_no_traceback_when_there_is_a_problem() -> None:
    environment = {"PYTHONPATH": "functions", "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"}
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.operate.doctor", "dev"],
        cwd=ROOT,
        env={**environment, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout.startswith("PROBLEM  Rules: AUTH0_DOMAIN is not set. To mend it: export the domain")
    assert answer.stderr == "error: 2 checks of dev found a problem\n"
