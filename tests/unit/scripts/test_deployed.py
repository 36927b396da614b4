"""Only the credentials of an environment's account lead to it; every other case is a sentence."""

from pathlib import Path

import pytest

from scripts import deployed, environments
from scripts.environments import CloudEnvironment
from scripts.errors import OperationError, UserError
from tests.unit.local.aws.conftest import LocalAws

EMULATED_ACCOUNT = deployed.PLACEHOLDER


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CloudEnvironment:
    """An environment `dev` of the account 123456789012, and a shell with some credentials."""
    values = 'environment = "dev"\nregion = "eu-west-1"\naws_account_id = "123456789012"\n'
    (tmp_path / "dev.tfvars").write_text(values, encoding="utf-8")
    monkeypatch.setattr(environments, "_SETTINGS", tmp_path)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    return CloudEnvironment("dev")


def test_a_profile_that_does_not_exist_is_named(environment: CloudEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    with pytest.raises(UserError, match=r"profile \(nope\) could not be found\); load credentials of the account 1234"):
        deployed.find(environment)


def test_no_credentials_are_a_sentence(environment: CloudEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(UserError, match=r"AWS accepts no credentials \(Unable to locate credentials\); load"):
        deployed.find(environment)


def test_a_network_that_does_not_lead_to_aws_is_no_matter_of_credentials(
    environment: CloudEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OperationError, match="AWS does not answer in eu-west-1: look at the network and the proxy"):
        deployed.find(environment)


def test_a_number_that_nobody_has_filled_in_is_told_with_the_right_one(
    environment: CloudEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = environment.values_file.read_text(encoding="utf-8").replace("123456789012", deployed.PLACEHOLDER)
    environment.values_file.write_text(text, encoding="utf-8")
    told = {"Account": "210987654321", "Arn": "arn:aws:iam::210987654321:user/ada", "UserId": "ada"}
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda *_: told)
    with pytest.raises(UserError, match=r"dev\.tfvars is still the placeholder 0+: write .*, 210987654321 if these"):
        deployed.find(environment)


def test_credentials_of_another_account_are_refused(
    aws: LocalAws, environment: CloudEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    with pytest.raises(
        UserError, match=rf"are for the account {EMULATED_ACCOUNT}; load credentials of the account 1234"
    ):
        deployed.find(environment)
    own = environment.values_file.read_text(encoding="utf-8").replace("123456789012", EMULATED_ACCOUNT)
    environment.values_file.write_text(own, encoding="utf-8")
    assert deployed.find(environment).name == "gatehouse-dev"
