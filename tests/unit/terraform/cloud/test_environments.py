"""The files of terraform/cloud, read as text, so that the checks also run without the Auth0 provider."""

import re
from pathlib import Path

import pytest

from scripts import environments, hcl
from scripts.errors import UserError
from scripts.tools import ROOT

CLOUD = ROOT / "terraform" / "cloud"
ENVIRONMENTS = sorted(path.stem for path in (CLOUD / "environments").glob("*.tfvars"))


def values(environment: str) -> dict[str, str]:
    """Return the values in the environment's tfvars file: the text of each, by name."""
    text = (CLOUD / "environments" / f"{environment}.tfvars").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)\s*=\s*(.*?)(?:\s+#.*)?$", text, re.MULTILINE))


def backend(environment: str) -> dict[str, str]:
    text = (CLOUD / "environments" / f"{environment}.s3.tfbackend").read_text(encoding="utf-8")
    return dict(re.findall(r'^(\w+)\s*=\s*"(.*)"$', text, re.MULTILINE))


def blocks(file: str, kind: str) -> dict[str, str]:
    """Return the top-level blocks of a kind in a file of the root: their text, by their last label."""
    text = (CLOUD / file).read_text(encoding="utf-8")
    return dict(re.findall(rf'^{kind} "([^"]+)" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL))


def test_there_is_a_trial_and_a_production_environment() -> None:
    assert ENVIRONMENTS == ["dev", "prod"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_named_as_its_file(environment: str) -> None:
    assert values(environment)["environment"] == f'"{environment}"'


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_sets_only_declared_variables_and_every_required_one(environment: str) -> None:
    declared = blocks("variables.tf", "variable")
    required = {name for name, body in declared.items() if not re.search(r"^  default\s*=", body, re.MULTILINE)}

    assert required <= values(environment).keys() <= declared.keys()


def test_no_variable_of_terraform_is_a_secret() -> None:
    declared = blocks("variables.tf", "variable")
    secrets = {name for name, body in declared.items() if re.search(r"^  sensitive\s*=\s*true", body, re.MULTILINE)}

    assert secrets == set(), "no secret is a variable: a saved plan holds every variable in clear"


def test_no_connection_declares_options_which_would_put_its_secret_into_the_state() -> None:
    """The provider (1.54) sends no options if the configuration has none, so it deletes none either."""
    declared = hcl.read(ROOT / "terraform" / "modules" / "auth0" / "connections.tf")["resource"]
    bodies = [body for kinds in declared for kind, one in kinds.items() for body in one.values()]
    assert {kind for kinds in declared for kind in kinds} == {"auth0_connection", "auth0_connection_client"}
    assert [body for body in bodies if "options" in body] == []


def test_every_environment_has_a_tenant_and_a_state_of_its_own() -> None:
    assert len({values(environment)["tokens"] for environment in ENVIRONMENTS}) == len(ENVIRONMENTS)
    states = {(backend(environment)["bucket"], backend(environment)["key"]) for environment in ENVIRONMENTS}
    assert len(states) == len(ENVIRONMENTS)


def test_only_production_is_production_and_nothing_signs_in_there_from_localhost() -> None:
    assert {environment: values(environment)["production"] for environment in ENVIRONMENTS} == {
        "dev": "false",
        "prod": "true",
    }
    assert "localhost" not in (CLOUD / "environments" / "prod.tfvars").read_text(encoding="utf-8")


def test_both_providers_are_locked_with_checksums_of_the_releases() -> None:
    locked = blocks(".terraform.lock.hcl", "provider")

    assert set(locked) == {"registry.terraform.io/auth0/auth0", "registry.terraform.io/hashicorp/aws"}
    for provider in locked.values():
        assert len(re.findall(r'"zh:[0-9a-f]{64}"', provider)) >= 14


def test_the_lock_file_agrees_with_the_versions_that_the_root_asks_for() -> None:
    asked = dict(
        re.findall(r'source  = "([^"]+)"\n\s+version = "([^"]+)"', (CLOUD / "terraform.tf").read_text("utf-8"))
    )
    locked = {
        name.removeprefix("registry.terraform.io/"): re.findall(r'^  constraints = "(.*)"', text, re.MULTILINE)[0]
        for name, text in blocks(".terraform.lock.hcl", "provider").items()
    }

    assert locked == asked


def test_a_file_of_values_of_another_environment_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name would create a new environment, next to the one that its values name."""
    values = (environments.CLOUD / "environments" / "dev.tfvars").read_text(encoding="utf-8")
    (tmp_path / "stagign.tfvars").write_text(values.replace('"dev"', '"staging"'), encoding="utf-8")
    monkeypatch.setattr(environments, "_SETTINGS", tmp_path)
    with pytest.raises(UserError, match=r'stagign\.tfvars has environment = "staging"; write "stagign", or rename'):
        environments.find("stagign")
