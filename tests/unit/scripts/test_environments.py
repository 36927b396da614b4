"""The values of an environment's tfvars file that the commands read, not only Terraform."""

import json
import re
from pathlib import Path

import pytest

from scripts import environments, terraform_variables
from scripts.build.data_files import load_access
from scripts.environments import CloudEnvironment, PreviewEnvironment
from scripts.errors import UserError
from scripts.local_stack.settings import API_SIGNING_ALGORITHMS
from scripts.tools import ROOT


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tfvars file of an environment `dev`, in the test's own folder."""
    monkeypatch.setattr(environments, "_SETTINGS", tmp_path)
    return tmp_path / "dev.tfvars"


def test_the_issuer_and_the_algorithm_are_read_from_tokens(write: Path) -> None:
    write.write_text('tokens = { issuer = "https://t.eu.auth0.com/", signing_algorithm = "HS256" } # a comment\n')
    dev = CloudEnvironment("dev")
    assert (dev.issuer, dev.signing_algorithm) == ("https://t.eu.auth0.com/", "HS256")


def test_tokens_may_take_several_lines_and_the_algorithm_has_terraform_s_default(write: Path) -> None:
    write.write_text('tokens = {\n  issuer = "https://t.eu.auth0.com/"\n  leeway_seconds = 10\n}\n')
    dev = CloudEnvironment("dev")
    assert (dev.issuer, dev.signing_algorithm) == ("https://t.eu.auth0.com/", "RS256")
    declared = (environments.CLOUD / "variables.tf").read_text(encoding="utf-8")
    assert re.findall(r'signing_algorithm += optional\(string, "(\w+)"\)', declared) == [API_SIGNING_ALGORITHMS[0]]


def test_a_file_without_an_issuer_is_a_sentence_with_the_line_to_write(write: Path) -> None:
    write.write_text("production = false\n")
    with pytest.raises(UserError, match=r'dev\.tfvars has no issuer: tokens = \{ issuer = "https://<tenant>/" \}\.'):
        _ = CloudEnvironment("dev").issuer


def test_a_preview_has_names_a_state_and_an_api_of_its_own_from_the_files_of_all_previews() -> None:
    found = environments.find("pull12")
    assert isinstance(found, PreviewEnvironment)
    other = environments.find("pull13")
    assert isinstance(other, PreviewEnvironment)
    assert found.value("environment") == "pull12"
    assert found.backend()["key"] == "gatehouse/pull12.tfstate"
    assert found.backend()["bucket"] == other.backend()["bucket"]
    audience = load_access(ROOT / "auth0" / "access.yaml")["audience"]
    assert (found.audience, other.audience) == (f"{audience}/pull12", f"{audience}/pull13")
    assert found.fixed == {"environment": "pull12", "preview": json.dumps({"audience": f"{audience}/pull12"})}
    assert found.plan_file != other.plan_file
    assert found.flag("production") is False
    assert not found.fixed.keys() & {*terraform_variables.read(found.values_file)}, "they follow from the name"


def test_a_preview_with_hs256_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "previews.tfvars").write_text('tokens = { signing_algorithm = "HS256" }\n')
    monkeypatch.setattr(environments.PreviewEnvironment, "values_file", tmp_path / "previews.tfvars")
    with pytest.raises(UserError, match=r"signs with RS256: remove signing_algorithm from previews\.tfvars"):
        PreviewEnvironment("pull12").require_plannable()


@pytest.mark.parametrize("name", ["pull", "pull0", "pull01", "pull*", "pull1x", "PULL1", "pull1234567"])
def test_a_name_that_is_no_number_of_a_pull_request_is_no_preview(name: str) -> None:
    with pytest.raises(UserError, match="there is no environment"):
        environments.find(name)


def test_a_key_that_two_previews_would_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "previews.s3.tfbackend").write_text('bucket = "b"\nkey = "previews.tfstate"\nregion = "eu-west-1"\n')
    monkeypatch.setattr(environments, "CLOUD", tmp_path)
    with pytest.raises(UserError, match=r"previews\.s3\.tfbackend: write the key with one \* for the number"):
        PreviewEnvironment("pull12").backend()


def test_a_backend_has_settings_alone() -> None:
    assert CloudEnvironment("dev").backend().keys() == {"bucket", "key", "region"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            'regoin = "eu-west-1"',
            r"dev\.tfvars sets regoin, which is no variable of terraform/cloud: write region, or remove it\.",
        ),
        ("zzz = 1", r"dev\.tfvars sets zzz, which is no variable of terraform/cloud: remove it\."),
        (
            'development_keys_accepted = ["amazon"]',
            r"a variable that is gone: remove it; .*`make secret` gives it keys",
        ),
        ("connection_credentials = {}", r"into connection_client_ids; `make secret` sets them in the tenant"),
    ],
)
def test_a_variable_that_terraform_would_ignore_is_refused(write: Path, line: str, sentence: str) -> None:
    write.write_text(f'# a comment\ntokens = {{ issuer = "https://t.eu.auth0.com/" }}\n{line}\n')
    with pytest.raises(UserError, match=sentence):
        CloudEnvironment("dev").require_plannable()


@pytest.mark.parametrize("name", ["dev", "prod", "pull12"])
def test_the_files_as_they_are_set_only_what_terraform_knows(name: str) -> None:
    environments.find(name).require_plannable()


def test_the_shell_has_values_that_the_file_leaves_out(write: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write.write_text('region = "eu-west-1"\naws_account_id = 123456789012\n')
    monkeypatch.setenv("TF_VAR_tokens", '{ issuer = "https://t.eu.auth0.com/", signing_algorithm = "HS256" }')
    monkeypatch.setenv("TF_VAR_architecture", "x86_64")
    monkeypatch.setenv("TF_VAR_production", "true")
    monkeypatch.setenv("TF_VAR_connection_client_ids", '{ amazon = "amzn1" }')
    monkeypatch.setenv("TF_VAR_region", "us-east-1")
    dev = CloudEnvironment("dev")
    assert (dev.issuer, dev.signing_algorithm) == ("https://t.eu.auth0.com/", "HS256")
    assert (dev.architecture, dev.flag("production"), dev.value("region")) == ("x86_64", True, "eu-west-1")
    assert (dev.texts_in("connection_client_ids"), dev.value("aws_account_id")) == ({"amazon": "amzn1"}, "123456789012")


def test_a_plan_is_refused_for_a_removed_variable_that_the_shell_still_has(
    write: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write.write_text('tokens = { issuer = "https://t.eu.auth0.com/" }\n')
    monkeypatch.setenv("TF_VAR_connection_credentials", "{}")
    with pytest.raises(
        UserError, match=r"TF_VAR_connection_credentials is set, a variable that is gone: `unset TF_VAR"
    ):
        CloudEnvironment("dev").require_plannable()


def test_in_a_pipeline_a_plan_and_an_apply_wait_for_the_states_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = CloudEnvironment("dev")
    monkeypatch.delenv("CI", raising=False)
    assert "lock_timeout" not in {**dev.plan_options(), **dev.apply_options()}
    monkeypatch.setenv("CI", "true")
    assert dev.plan_options()["lock_timeout"] == dev.apply_options()["lock_timeout"] == "10m"
