"""What the commands read of an environment's tfvars file, besides Terraform."""

import re
from pathlib import Path

import pytest

from scripts import environments
from scripts.environments import CloudEnvironment
from scripts.errors import UserError
from scripts.local_stack.settings import API_SIGNING_ALGORITHMS


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tfvars file of an environment `dev`, in a folder of the test's own."""
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
