"""`make doctor` against a real local tenant, whose objects the tests change, and an emulated AWS."""

import dataclasses
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from local.tenant.store import Store
from scripts.environments import CLOUD, CloudEnvironment, LocalEnvironment
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.management_api import APPLICATION_MARK, ManagementApi
from scripts.management_scopes import reading_scopes, terraform_scopes
from scripts.operate.doctor import account, connections, drift, look, target, tenant_setup
from scripts.operate.doctor.__main__ import examine, gravest, line
from scripts.operate.doctor.findings import CannotAskError, Finding, Severity
from scripts.operate.doctor.target import Target
from scripts.operate.doctor.tenant import Tenant
from scripts.signing_secret import Parameter
from scripts.terraform_variables import Variables
from scripts.tools import ROOT
from tests.checkout import EXAMPLE, copy_auth0
from tests.commands import run_module

pytestmark = pytest.mark.process

AUDIENCE = "https://StreamingResourceServer"
RULE = {
    "id": "rul_1",
    "name": "Add scopes",
    "script": "function (user, context, callback) { callback(null, user, context); }",
    "order": 1,
    "enabled": True,
    "stage": "login_success",
}
OF_TENANT = (
    "Rules",
    "Tenant",
    "Scopes of Terraform's application",
    "API",
    "Connections",
    "Keys of the connections",
    "Limits of the tenant's plan",
    "Look of the sign-in page",
    "Runtimes of Actions",
    "Connections of the site",
    "Grants for the API",
    "Order of Actions",
)


def on_free_ports(directory: Path) -> Settings:
    aws, auth0, auth0_tls = free_ports(3)
    return Settings(directory, aws_port=aws, auth0_port=auth0, auth0_tls_port=auth0_tls)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a running local tenant that accepts faults, and of an emulated AWS."""
    chosen = on_free_ports(tmp_path_factory.mktemp("local"))
    auth0 = definitions.auth0(chosen)
    own, examples = str(ROOT / "auth0" / "access.yaml"), str(copy_auth0(tmp_path_factory.mktemp("project")))
    auth0 = dataclasses.replace(auth0, command=tuple(examples if part == own else part for part in auth0.command))
    both = (definitions.aws(chosen), dataclasses.replace(auth0, command=(*auth0.command, "--faults")))
    for service in both:
        services.ensure(service)
    yield chosen
    for service in both:
        services.stop(service)


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The local tenant of the tests' own access.yaml, as a target that also has an account."""
    monkeypatch.setattr(target, "ROOT", EXAMPLE)
    monkeypatch.setenv("GATEHOUSE_LOCAL_DIR", str(settings.directory))
    for field in ("aws_port", "auth0_port", "auth0_tls_port"):
        monkeypatch.setenv(f"GATEHOUSE_{field.upper()}", str(getattr(settings, field)))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", settings.aws_url)
    return target.of(LocalEnvironment())


@pytest.fixture
def api(here: Target) -> Iterator[ManagementApi]:
    """The tenant's Management API, with every scope."""
    with ManagementApi(here.tenant_url, here.shell) as management:
        yield management


@pytest.fixture
def made(api: ManagementApi) -> Iterator[Callable[..., dict[str, Any]]]:
    """Return a function that creates an object at a path of the Management API and deletes it after the test."""
    paths: list[str] = []

    def make(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        created: dict[str, Any] = api.send("POST", path, body=body)
        paths.append(f"{path}/{created.get('id') or created['client_id']}")
        return created

    yield make
    for path in reversed(paths):
        api.send("DELETE", path)


@pytest.fixture
def site(api: ManagementApi, here: Target) -> dict[str, Any]:
    """The site's application."""
    found = Tenant(here, api).site
    assert found is not None
    return found


def with_shell(here: Target, **more: str) -> Target:
    return dataclasses.replace(here, shell={**here.shell, **more})


def found_by(check: Callable[[Tenant], Finding], where: Target) -> tuple[Severity, str]:
    """Return what a check of the tenant finds now."""
    with ManagementApi(where.tenant_url, where.shell) as management:
        finding = check(Tenant(where, management))
    return finding.severity, finding.text


def lines_of(where: Target) -> list[str]:
    return [line(name, finding) for name, finding in examine(where)]


# The unchanged local tenant, and the command's answer.


def test_the_local_tenant_is_well(here: Target) -> None:
    found = list(examine(here))
    assert [name for name, _ in found] == list(OF_TENANT)
    assert [(name, finding) for name, finding in found if finding.severity is not Severity.OK] == []
    assert line(*found[0]) == "ok       Rules: the tenant has none"


def test_the_exit_code_is_that_of_the_gravest_finding() -> None:
    findings = [Finding(severity, "text") for severity in (Severity.OK, Severity.WARNING, Severity.NOTE)]
    assert gravest(findings).exit_code == 3
    assert gravest([*findings, Finding(Severity.PROBLEM, "text")]).exit_code == 1
    assert gravest([Finding(Severity.OK, "text"), Finding(Severity.NOTE, "text")]).exit_code == 0


def run_doctor(*arguments: str, root: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    names = ("GATEHOUSE_LOCAL_DIR", "GATEHOUSE_AUTH0_PORT", "GATEHOUSE_AUTH0_TLS_PORT", "GATEHOUSE_AWS_PORT")
    environment = {
        **{name: os.environ[name] for name in names if name in os.environ},
        "PYTHONPATH": "functions",
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }
    return run_module("scripts.operate.doctor", *arguments, environment=environment, root=root)


@pytest.mark.usefixtures("here")
def test_json_is_one_document_and_nothing_else(example: Path) -> None:
    answer = run_doctor("local", root=example, JSON="1")
    document = json.loads(answer.stdout)
    assert (answer.returncode, document["environment"], document["severity"]) == (0, "local", "ok")
    assert [row["check"] for row in document["findings"]] == list(OF_TENANT)
    assert document["findings"][0] == {"check": "Rules", "severity": "ok", "text": "the tenant has none", "fix": None}


def test_a_fresh_clone_is_told_each_thing_to_fill_in_without_a_traceback() -> None:
    answer = run_doctor("dev")
    assert answer.returncode == 1
    said = answer.stdout.splitlines()
    assert said[0].startswith("PROBLEM  Rules: AUTH0_DOMAIN is not set. To fix it: export the tenant's domain")
    assert said[1] == "note     Tenant: not checked, because of the problem of Rules"
    assert any(
        text.startswith("PROBLEM  AWS credentials: aws_account_id of dev.tfvars is still the placeholder 000000000000")
        for text in said
    )
    assert answer.stderr == f"{answer.stdout.count('PROBLEM ')} PROBLEM of dev\n"


# Whether the tenant answers.


def test_a_tenant_that_still_has_rules_is_told_first_which_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
        first = lines_of(target.of(LocalEnvironment()))[0]
    finally:
        services.stop(tenant_of_old)
    assert first == (
        'PROBLEM  Rules: the tenant still has 1 of them ("Add scopes"), which Auth0 has not run since 2026-11-18. '
        "To fix it: move their decisions to access.yaml, then delete them: docs/migrate-from-rules.md."
    )


def set_faults(here: Target, *answers: dict[str, Any]) -> None:
    """Make the tenant give these answers; without any, it answers normally."""
    httpx.put(f"{here.tenant_url}/_faults", json={"answers": list(answers)}, trust_env=False).raise_for_status()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_tenant_that_shows_no_rules_is_well(here: Target, status: int) -> None:
    set_faults(here, {"path": "/api/v2/rules", "status": status})
    try:
        severity, text = found_by(tenant_setup.rules, here)
    finally:
        set_faults(here)
    assert severity is Severity.OK
    assert text == {403: "not checked, because the application lacks read:rules"}.get(status, "the tenant has no Rules")


def test_the_free_plan_s_two_requests_a_second_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = on_free_ports(tmp_path)
    auth0 = definitions.auth0(chosen)
    free_plan = dataclasses.replace(auth0, command=(*auth0.command, "--requests-per-second", "2"))
    monkeypatch.setenv("GATEHOUSE_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("GATEHOUSE_AUTH0_PORT", str(chosen.auth0_port))
    try:
        services.ensure(free_plan)
        found = list(examine(target.of(LocalEnvironment())))
    finally:
        services.stop(free_plan)
    assert [finding for _, finding in found if finding.severity is not Severity.OK] == []


def test_a_refusal_for_too_many_requests_is_waited_out_at_the_token_endpoint_too(here: Target) -> None:
    set_faults(
        here, {"path": "/api/v2/*", "status": 429, "times": 3}, {"path": "/oauth/token", "status": 429, "times": 1}
    )
    try:
        assert found_by(tenant_setup.rules, here) == (Severity.OK, "the tenant has none")
    finally:
        set_faults(here)


def new_application(api: ManagementApi, here: Target, scopes: list[str]) -> Target:
    """Give an application only these scopes of the Management API; return the target with its credentials.

    All tests share one application, because the Free plan allows ten, and a check counts them.
    """
    body = {"name": "Lesser", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
    found = [row for row in api.rows("clients", "clients") if row["name"] == body["name"]]
    made = found[0] if found else api.send("POST", "clients", body=body)
    for row in api.rows("client-grants", "client_grants", client_id=made["client_id"]):
        api.send("DELETE", f"client-grants/{row['id']}")
    (own,) = api.rows("client-grants", "client_grants", client_id=here.shell["AUTH0_CLIENT_ID"])
    grant = {"client_id": made["client_id"], "audience": own["audience"], "scope": scopes}
    api.send("POST", "client-grants", body=grant)
    return with_shell(here, AUTH0_CLIENT_ID=made["client_id"], AUTH0_CLIENT_SECRET=made["client_secret"])


def test_an_application_with_too_few_scopes_is_told_the_missing_ones(api: ManagementApi, here: Target) -> None:
    needed = [scope for scope in terraform_scopes(manages_look=False) if scope != "delete:actions"]
    lesser = new_application(api, here, needed)
    assert found_by(tenant_setup.scopes, lesser) == (Severity.PROBLEM, "Terraform's application lacks delete:actions")
    # A missing read:rules is no finding, because nobody asked the owner to grant it.
    assert found_by(tenant_setup.rules, lesser)[0] is Severity.OK


def test_an_application_that_only_reads_is_well_for_a_plan(api: ManagementApi, here: Target) -> None:
    reads = reading_scopes(terraform_scopes(manages_look=False))
    said = f"all {len(reads)} that a plan needs; the application only reads, so it cannot apply"
    assert found_by(tenant_setup.scopes, new_application(api, here, list(reads))) == (Severity.OK, said)
    fewer = new_application(api, here, [scope for scope in reads if scope != "read:actions"])
    assert found_by(tenant_setup.scopes, fewer) == (Severity.PROBLEM, "Terraform's application lacks read:actions")


def test_an_application_that_may_delete_connections_is_a_warning(api: ManagementApi, here: Target) -> None:
    greater = new_application(api, here, [*terraform_scopes(manages_look=False), "delete:connections"])
    in_the_cloud = dataclasses.replace(greater, account="123456789012")
    severity, text = found_by(tenant_setup.scopes, in_the_cloud)
    assert (severity, text.startswith("Terraform's application has delete:connections")) == (Severity.WARNING, True)


@pytest.mark.parametrize("chosen", [terraform_scopes, lambda **look: reading_scopes(terraform_scopes(**look))])
def test_an_application_that_would_put_the_connections_secrets_into_the_state_is_a_warning(
    api: ManagementApi, here: Target, chosen: Callable[..., tuple[str, ...]]
) -> None:
    greater = new_application(api, here, [*chosen(manages_look=False), "read:connections_options"])
    in_the_cloud = dataclasses.replace(greater, account="123456789012")
    assert found_by(tenant_setup.scopes, in_the_cloud) == (
        Severity.WARNING,
        "Terraform's application has read:connections_options, so the state gets the connections' secrets",
    )


def test_a_tenant_that_still_shows_options_to_everybody_is_a_warning(
    api: ManagementApi, here: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Auth0's migration switch, which a tenant from before April 2025 may still have on; the local tenant has none."""
    lesser = new_application(api, here, list(terraform_scopes(manages_look=False)))
    in_the_cloud = dataclasses.replace(lesser, account="123456789012")
    assert found_by(tenant_setup.scopes, in_the_cloud)[0] is Severity.OK
    shown = api.rows("connections", "connections")
    monkeypatch.setattr(Tenant, "connections", [{**shown[0], "options": {"client_secret": "theirs"}}])
    severity, text = found_by(tenant_setup.scopes, in_the_cloud)
    assert (severity, text.startswith("the tenant shows options of connections to")) == (Severity.WARNING, True)


def test_the_scopes_for_the_look_are_needed_only_where_it_is_managed(api: ManagementApi, here: Target) -> None:
    lesser = new_application(api, here, list(terraform_scopes(manages_look=False)))
    assert found_by(tenant_setup.scopes, lesser)[0] is Severity.OK
    severity, text = found_by(tenant_setup.scopes, dataclasses.replace(lesser, manages_look=True))
    assert (severity, "update:branding" in text) == (Severity.PROBLEM, True)


def test_another_tenant_than_the_environment_s_is_refused(here: Target) -> None:
    other = dataclasses.replace(here, account="000000000000", issuer="https://gatehouse-dev.eu.auth0.com/", name="dev")
    severity, text = found_by(tenant_setup.identity, other)
    assert severity is Severity.PROBLEM
    assert f"AUTH0_DOMAIN is {here.tenant_url}/, but dev.tfvars has the issuer https://gatehouse-dev" in text


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
def test_credentials_that_are_missing_or_wrong_are_one_problem(
    here: Target, shell: dict[str, str], sentence: str
) -> None:
    said = lines_of(with_shell(here, **shell))
    assert said[0].startswith("PROBLEM")
    assert sentence in said[0]
    assert said[1] == "note     Tenant: not checked, because of the problem of Rules"
    assert [text for text in said[1:] if text.startswith("PROBLEM")] == []


def test_a_token_of_the_shell_is_used_as_it_is(api: ManagementApi, here: Target) -> None:
    with_token = with_shell(here, AUTH0_API_TOKEN=api._token, AUTH0_CLIENT_SECRET="unused")
    assert found_by(tenant_setup.rules, with_token) == (Severity.OK, "the tenant has none")


def test_a_tenant_that_does_not_answer_is_a_sentence(here: Target) -> None:
    gone = dataclasses.replace(here, tenant_url=f"http://127.0.0.1:{free_ports(1)[0]}")
    assert lines_of(gone)[0].endswith("To fix it: run `make up`.")


def test_no_domain_is_a_sentence_that_names_the_variable(here: Target) -> None:
    assert "Rules: AUTH0_DOMAIN is not set." in lines_of(dataclasses.replace(here, tenant_url=None))[0]


# Connections, and what an apply would do to them.


@pytest.fixture
def before_first_apply(api: ManagementApi, site: dict[str, Any]) -> Iterator[None]:
    """Remove the mark from the site's application, as if it were somebody else's application with the same name."""
    path = f"clients/{site['client_id']}"
    api.send("PATCH", path, body={"client_metadata": {APPLICATION_MARK: None}})
    yield
    api.send("PATCH", path, body={"client_metadata": {APPLICATION_MARK: AUDIENCE}})


@pytest.mark.usefixtures("before_first_apply")
def test_connections_in_the_way_of_the_first_apply_are_named_with_their_ids(api: ManagementApi, here: Target) -> None:
    ids = {row["name"]: row["id"] for row in api.rows("connections", "connections")}
    with ManagementApi(here.tenant_url, here.shell) as management:
        finding = connections.in_the_way(Tenant(here, management))
    assert finding.severity is Severity.PROBLEM
    assert finding.fix is not None
    assert (
        f'existing_connection_ids = {{ amazon = "{ids["amazon"]}", google-oauth2 = "{ids["google-oauth2"]}" }}'
        in finding.fix
    )
    known = dataclasses.replace(here, existing_connections=frozenset(ids))
    assert found_by(connections.in_the_way, known) == (Severity.OK, "none blocks the next apply")


def test_a_connection_that_auth0_enabled_by_itself_is_in_the_way_once_access_yaml_names_it(
    api: ManagementApi, here: Target, site: dict[str, Any]
) -> None:
    theirs = api.send("POST", "connections", body={"name": "github", "strategy": "github"})
    path = f"connections/{theirs['id']}"
    api.send("PATCH", f"{path}/clients", body=[{"client_id": site["client_id"], "status": True}])
    named = {**here.access["connections"], "github": {"display_name": "GitHub", "scopes": []}}
    try:
        assert found_by(connections.in_the_way, here)[0] is Severity.OK
        severity, text = found_by(
            connections.in_the_way, dataclasses.replace(here, access={**here.access, "connections": named})
        )
        assert severity is Severity.PROBLEM
        assert text.startswith('the tenant already has "github", so Auth0 would refuse to create it (409)')
    finally:
        api.send("DELETE", path)


def test_an_application_that_was_renamed_is_recognised(api: ManagementApi, here: Target, site: dict[str, Any]) -> None:
    api.send("PATCH", f"clients/{site['client_id']}", body={"name": "Films"})
    try:
        assert found_by(connections.in_the_way, here)[0] is Severity.OK
        assert found_by(drift.grants, here) == (Severity.OK, "only the site gets users' tokens")
    finally:
        api.send("PATCH", f"clients/{site['client_id']}", body={"name": site["name"]})


@pytest.fixture
def with_callback(api: ManagementApi, site: dict[str, Any]) -> Iterator[None]:
    """Give the site's application the address that `make up` sets."""
    path = f"clients/{site['client_id']}"
    api.send("PATCH", path, body={"callbacks": ["http://site.localhost:4566"]})
    yield
    api.send("PATCH", path, body={"callbacks": site.get("callbacks", [])})


@pytest.mark.usefixtures("with_callback")
@pytest.mark.parametrize(("is_production", "severity"), [(True, Severity.PROBLEM), (False, Severity.WARNING)])
def test_a_connection_with_other_keys_than_declared_is_named_without_a_scope_that_shows_secrets(
    api: ManagementApi, here: Target, site: dict[str, Any], is_production: bool, severity: Severity
) -> None:
    in_the_cloud = dataclasses.replace(
        new_application(api, here, list(terraform_scopes(manages_look=False))),
        name="prod",
        account="123456789012",
        is_production=is_production,
        connection_client_ids={"amazon": "ours at Amazon", "google-oauth2": "ours at Google"},
    )
    rows = api.rows("connections", "connections")

    def use(client_ids: Mapping[str, str]) -> None:
        for row in rows:
            keys = {"client_id": client_ids[row["name"]], "client_secret": "a secret"} if client_ids else {}
            api.send("PATCH", f"connections/{row['id']}", body={"options": {**row["options"], **keys}})

    try:
        with ManagementApi(in_the_cloud.tenant_url, in_the_cloud.shell) as lesser:
            finding = connections.keys(Tenant(in_the_cloud, lesser))
        assert finding == Finding(
            severity,
            '"amazon" sends visitors with the client id auth0-development-keys, and connection_client_ids has another '
            "(so do \"google-oauth2\"): Auth0's development keys, or somebody else's",
            "set yours with `make secret ENV=prod NAME=amazon`, or correct prod.tfvars",
        )
        use({"amazon": "ours at Amazon", "google-oauth2": "theirs"})
        assert found_by(connections.keys, in_the_cloud)[1].startswith('"google-oauth2" sends visitors with the client')
        use({"amazon": "ours at Amazon", "google-oauth2": "ours at Google"})
        assert found_by(connections.keys, in_the_cloud)[0] is Severity.OK
        change = [{"client_id": site["client_id"], "status": False}]
        google = next(row["id"] for row in rows if row["name"] == "google-oauth2")
        api.send("PATCH", f"connections/{google}/clients", body=change)
        try:
            assert found_by(connections.keys, in_the_cloud) == (
                Severity.WARNING,
                "/authorize for google-oauth2 answers The connection is not enabled for the client., not a redirect to "
                "its provider",
            )
        finally:
            api.send("PATCH", f"connections/{google}/clients", body=[{**change[0], "status": True}])
    finally:
        use({})


@pytest.mark.usefixtures("with_callback")
def test_a_connection_without_a_declared_client_id_is_a_problem_in_production_and_a_note_elsewhere(
    here: Target,
) -> None:
    in_the_cloud = dataclasses.replace(here, account="123456789012")
    assert found_by(connections.keys, in_the_cloud) == (
        Severity.NOTE,
        '"amazon", "google-oauth2" may use Auth0\'s development keys: connection_client_ids does not name it',
    )
    severity, text = found_by(connections.keys, dataclasses.replace(in_the_cloud, is_production=True))
    assert severity is Severity.PROBLEM
    assert text.startswith('"amazon", "google-oauth2" is not in connection_client_ids, and production refuses')


# Drift that no plan shows.


def new_connection(made: Callable[..., dict[str, Any]], name: str, strategy: str) -> str:
    return str(made("connections", {"name": name, "strategy": strategy})["id"])


def test_a_connection_that_somebody_enabled_for_the_site_is_named(
    api: ManagementApi, here: Target, site: dict[str, Any], made: Callable[..., dict[str, Any]]
) -> None:
    for name, strategy in (("Passwords", "auth0"), ("github", "github")):
        connection = new_connection(made, name, strategy)
        enabled = [{"client_id": site["client_id"], "status": name == "Passwords"}]
        api.send("PATCH", f"connections/{connection}/clients", body=enabled)
    severity, text = found_by(drift.connections, here)
    assert severity is Severity.WARNING
    assert text.startswith(
        '"Passwords" is enabled for the site\'s application "AWSDemo", although access.yaml does not'
    )


@pytest.mark.usefixtures("before_first_apply")
def test_before_the_first_apply_the_connections_that_a_new_application_will_get_are_named(
    api: ManagementApi, here: Target, made: Callable[..., dict[str, Any]]
) -> None:
    new_connection(made, "Passwords", "auth0")
    flags = api.get("tenants/settings")["flags"]
    api.send("PATCH", "tenants/settings", body={"flags": {"enable_client_connections": True}})
    try:
        severity, text = found_by(drift.connections, here)
    finally:
        api.send("PATCH", "tenants/settings", body={"flags": flags})
    assert severity is Severity.NOTE
    assert 'the site will also offer "Passwords"; the Action denies them' in text


def test_another_application_with_a_user_grant_for_the_api_is_named(
    here: Target, made: Callable[..., dict[str, Any]]
) -> None:
    stranger = made("clients", {"name": "Stranger", "app_type": "spa"})
    machine = made("clients", {"name": "Machine", "app_type": "non_interactive"})
    for client, subject_type in ((stranger, "user"), (machine, "client")):
        grant = {"client_id": client["client_id"], "audience": AUDIENCE, "scope": [], "subject_type": subject_type}
        made("client-grants", grant)
    severity, text = found_by(drift.grants, here)
    assert (severity, text.startswith(f'"Stranger" has a user grant for {AUDIENCE}')) == (Severity.WARNING, True)


def test_an_action_before_ours_is_named_and_one_after_it_is_not(
    api: ManagementApi, here: Target, made: Callable[..., dict[str, Any]]
) -> None:
    path = "actions/triggers/post-login/bindings"
    ours = [binding["action"]["id"] for binding in api.rows(path, "bindings")]
    body = {"name": "Audit", "code": "exports.onExecutePostLogin = async () => {};", "runtime": "node22"}
    audit = made("actions/actions", {**body, "supported_triggers": [{"id": "post-login", "version": "v3"}]})
    api.send("POST", f"actions/actions/{audit['id']}/deploy")

    def bind(*order: str) -> None:
        bindings = [{"display_name": each, "ref": {"type": "action_id", "value": each}} for each in order]
        api.send("PATCH", path, body={"bindings": bindings})

    try:
        bind(*ours, audit["id"])
        assert found_by(drift.actions, here) == (Severity.OK, "ours is first")
        bind(audit["id"], *ours)
        severity, text = found_by(drift.actions, here)
        assert (severity, text.startswith('"Audit" runs before our Action')) == (Severity.WARNING, True)
        bind(audit["id"])
        assert found_by(drift.actions, here)[0] is Severity.PROBLEM
    finally:
        bind(*ours)


def test_more_than_a_hundred_applications_are_read(api: ManagementApi, here: Target) -> None:
    """An older AWSDemo is on the first page, and ours on the second."""
    many = [api.send("POST", "clients", body={"name": "AWSDemo", "app_type": "spa"})["client_id"] for _ in range(101)]
    try:
        assert len(api.rows("clients", "clients")) > 100
        assert found_by(drift.grants, here) == (Severity.OK, "only the site gets users' tokens")
        severity, text = found_by(tenant_setup.limits, here)
        assert (severity, "applications (Free takes 10)" in text) == (Severity.NOTE, True)
    finally:
        for client_id in many:
            api.send("DELETE", f"clients/{client_id}")


def test_a_third_social_connection_is_noted_for_the_free_plan(
    here: Target, made: Callable[..., dict[str, Any]]
) -> None:
    new_connection(made, "Passwords", "auth0")  # is not social
    assert found_by(tenant_setup.limits, here)[0] is Severity.OK
    new_connection(made, "github", "github")
    severity, text = found_by(tenant_setup.limits, here)
    assert (severity, text) == (
        Severity.NOTE,
        "after the next apply the tenant has 3 social connections (Free takes 2)",
    )


def test_a_shared_look_names_the_applications_that_would_change(
    here: Target, made: Callable[..., dict[str, Any]]
) -> None:
    made("clients", {"name": "Shop", "app_type": "regular_web"})
    assert found_by(look.shared, here)[0] is Severity.OK
    severity, text = found_by(look.shared, dataclasses.replace(here, manages_look=True))
    assert severity is Severity.WARNING
    assert text.startswith('manage_tenant_look also changes the look, texts and Universal Login of "Shop"')


def test_an_action_on_an_old_node_is_named(here: Target, made: Callable[..., dict[str, Any]]) -> None:
    body = {"name": "old", "code": "exports.onExecutePostLogin = async () => {};", "runtime": "node18"}
    made("actions/actions", {**body, "supported_triggers": [{"id": "post-login", "version": "v3"}]})
    severity, text = found_by(tenant_setup.runtimes, here)
    assert (severity, text) == (Severity.WARNING, '"old" (node18) run on an old Node.js')


# The account.


def test_aws_credentials_of_another_account_and_the_placeholder_are_refused(here: Target) -> None:
    placeholder = dataclasses.replace(here, account="000000000000", name="dev")
    assert "is still the placeholder" in account.credentials(placeholder).text
    theirs = dataclasses.replace(here, account="123456789012", name="dev")
    assert "account 000000000000, but dev.tfvars has 123456789012" in account.credentials(theirs).text


def test_variables_that_terraform_would_ignore_are_a_problem_and_those_of_another_project_a_note(
    tmp_path: Path,
) -> None:
    file = tmp_path / "dev.tfvars"
    file.write_text('regoin = "eu-west-1"\ndevelopment_keys_accepted = ["amazon"]\n', encoding="utf-8")
    dev = target.of(CloudEnvironment("dev"))
    assert account.variables(dev).severity is Severity.OK

    def found(values: Path, **shell: str) -> Finding:
        return account.variables(dataclasses.replace(dev, variables=Variables(CLOUD, values, shell, {})))

    both = found(file, TF_VAR_connection_credentials="{}")
    assert both.severity is Severity.PROBLEM
    for name in (
        "dev.tfvars sets regoin",
        "dev.tfvars sets development_keys_accepted",
        "TF_VAR_connection_credentials is",
    ):
        assert name in both.text
    good = CloudEnvironment("dev").values_file
    of_another = found(good, TF_VAR_cost_centre_of_everything="x")
    assert (of_another.severity, "has no effect" in of_another.text) == (Severity.NOTE, True)


def test_a_region_that_aws_does_not_have_is_named(here: Target) -> None:
    assert account.region(here).severity is Severity.OK
    wrong = account.region(dataclasses.replace(here, region="eu-wset-1"))
    assert (wrong.severity, wrong.text) == (Severity.WARNING, "AWS has no region eu-wset-1 that we know")


def test_a_state_bucket_that_is_missing_open_or_elsewhere_is_named(here: Target) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1")
    dev = dataclasses.replace(here, name="dev", region="eu-west-1", state_bucket=("the-state", "eu-west-1"))
    missing = account.state_bucket(dev)
    assert (missing.severity, missing.text.startswith("there is no bucket the-state")) == (Severity.PROBLEM, True)
    s3.create_bucket(Bucket="the-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.delete_public_access_block(Bucket="the-state")  # a new bucket has one
    bare = account.state_bucket(dev)
    assert (bare.severity, bare.text) == (
        Severity.WARNING,
        "the state's bucket the-state is not versioned and not private",
    )
    s3.put_bucket_versioning(Bucket="the-state", VersioningConfiguration={"Status": "Enabled"})
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket="the-state", PublicAccessBlockConfiguration=dict.fromkeys(names, True))
    assert account.state_bucket(dev) == Finding(Severity.OK, "the-state is versioned and private")
    elsewhere = account.state_bucket(dataclasses.replace(dev, state_bucket=("the-state", "us-east-1")))
    assert elsewhere.text == "the bucket the-state is in eu-west-1, but dev.s3.tfbackend has us-east-1"


def test_an_account_without_a_distribution_gets_a_hint(here: Target) -> None:
    assert account.verification(here).severity is Severity.NOTE


def test_the_account_s_quotas_are_enough(here: Target) -> None:
    assert account.quotas(here) == Finding(Severity.OK, "the account's initial quotas are enough")


def test_an_account_without_a_role_for_api_gateway_s_logs_is_told_the_command(here: Target) -> None:
    finding = account.api_gateway_logging(here)
    assert "refuses stages with a log" in finding.text
    assert finding.fix is not None
    assert finding.fix.startswith("run `make bootstrap ENV=")


def test_no_aws_credentials_are_a_sentence(here: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CannotAskError, match="Unable to locate credentials"):
        account.credentials(dataclasses.replace(here, account="123456789012"))


def test_hs256_needs_its_parameter_and_rs256_none(here: Target) -> None:
    assert account.signing_secret(here) == Finding(Severity.OK, "none needed: access tokens are signed with RS256")
    legacy = dataclasses.replace(here, api_signing_algorithm="HS256")
    missing = account.signing_secret(legacy)
    assert (missing.severity, missing.fix) == (Severity.PROBLEM, "run `make secret ENV=local NAME=api`")
    parameter = Parameter(boto3.client("ssm", region_name=here.region), "gatehouse-local")
    parameter.write(["a secret"])
    assert account.signing_secret(legacy) == Finding(Severity.OK, "/gatehouse-local/signing-secret is there")
    assert account.signing_secret(here).severity is Severity.NOTE
    parameter.delete()


def test_an_api_whose_algorithm_is_not_the_environments_is_a_problem_with_its_command(
    here: Target, api: ManagementApi
) -> None:
    audience = here.access["audience"]
    assert tenant_setup.api(Tenant(here, api)) == Finding(Severity.OK, f"{audience} signs with RS256")
    legacy = dataclasses.replace(here, api_signing_algorithm="HS256")
    other = tenant_setup.api(Tenant(legacy, api))
    assert (other.severity, other.text) == (Severity.PROBLEM, f"the tenant signs with RS256 the tokens of {audience}")
    assert other.fix == "run `make secret ENV=local NAME=api` first"
    nowhere = dataclasses.replace(legacy, access={**here.access, "audience": "https://nowhere.example"})
    assert tenant_setup.api(Tenant(nowhere, api)).text == "the tenant has no API https://nowhere.example"
    assert tenant_setup.api(Tenant(dataclasses.replace(nowhere, api_signing_algorithm="RS256"), api)).severity is (
        Severity.OK
    )


def test_an_api_that_hs256_has_left_is_taken_over(
    here: Target, api: ManagementApi, made: Callable[..., dict[str, Any]]
) -> None:
    left = made("resource-servers", {"identifier": "https://left.example", "signing_alg": "HS256"})
    dev = dataclasses.replace(here, name="dev", account="1", access={**here.access, "audience": left["identifier"]})
    finding = tenant_setup.api(Tenant(dev, api))
    assert finding.fix == f'take it over: write existing_api_id = "{left["id"]}" into dev.tfvars'
    assert tenant_setup.api(Tenant(dataclasses.replace(dev, existing_api_id=left["id"]), api)).severity is Severity.OK
