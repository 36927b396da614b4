"""`make forget` with a real state of a real Terraform: the connection leaves the state, and the object stays."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.deploy.forget import ALL, forget, forget_api, managed_connections
from scripts.errors import UserError
from scripts.terraform_root import TerraformRoot

# python-terraform calls a deprecated method of logging.
pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]

# The addresses are those of the cloud root; the objects are Terraform's own type, so the test needs no provider.
MODULE = """
resource "terraform_data" "auth0_connection" {
  for_each = toset(["amazon", "google-oauth2"])
  input    = each.key
}

resource "terraform_data" "auth0_resource_server" {
  input = "the API"
}
"""


RENAMED = {
    "terraform_data.auth0_connection": "auth0_connection.social",
    "terraform_data.auth0_resource_server": "auth0_resource_server.apis",
}


class Root(TerraformRoot):
    """A root whose `terraform_data` objects have the addresses of connections."""

    def addresses(self) -> list[str]:
        return [self._renamed(address, RENAMED) for address in super().addresses()]

    def forget(self, *addresses: str, **options: object) -> None:
        back = {shown: own for own, shown in RENAMED.items()}
        super().forget(*(self._renamed(address, back) for address in addresses), **options)

    @staticmethod
    def _renamed(address: str, names: Mapping[str, str]) -> str:
        for name, other in names.items():
            address = address.replace(name, other)
        return address


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """An applied root with two connections in its state."""
    (tmp_path / "root" / "auth0").mkdir(parents=True)
    (tmp_path / "root" / "main.tf").write_text('module "auth0" {\n  source = "./auth0"\n}\n', encoding="utf-8")
    (tmp_path / "root" / "auth0" / "main.tf").write_text(MODULE, encoding="utf-8")
    made = Root(tmp_path / "root", tmp_path / "data", tmp_path / "terraform.log", dict(os.environ))
    made.init({}, lock_file="update")
    made.plan(tmp_path / "plan")
    made.apply(tmp_path / "plan")
    return made


def test_a_connection_that_access_yaml_dropped_is_forgotten_and_the_other_kept(root: Root) -> None:
    assert forget(root, "amazon", frozenset({"google-oauth2"})) == ["amazon"]
    assert list(managed_connections(root)) == ["google-oauth2"]


def test_a_connection_that_access_yaml_names_is_not_forgotten(root: Root) -> None:
    with pytest.raises(UserError, match=r"still names amazon, so the next plan would create it again"):
        forget(root, "amazon", frozenset({"amazon", "google-oauth2"}))
    assert sorted(managed_connections(root)) == ["amazon", "google-oauth2"]


def test_all_are_forgotten_before_a_destroy_and_a_second_time_none(root: Root) -> None:
    declared = frozenset({"amazon", "google-oauth2"})
    assert forget(root, ALL, declared) == ["amazon", "google-oauth2"]
    assert forget(root, ALL, declared) == []


def test_with_hs256_the_api_is_forgotten_once_and_the_connections_stay(root: Root) -> None:
    with pytest.raises(UserError, match="dev signs with RS256, so the next plan would create the API again"):
        forget_api(root, "RS256", "dev")
    assert forget_api(root, "HS256", "dev") == ["module.auth0.auth0_resource_server.apis"]
    assert forget_api(root, "HS256", "dev") == []
    assert len(managed_connections(root)) == 2


@pytest.mark.parametrize("name", ["github", ""])
def test_an_unknown_connection_is_a_sentence_that_names_those_there_are(root: Root, name: str) -> None:
    with pytest.raises(UserError, match=r"CONNECTION=<one of amazon, google-oauth2, all>"):
        forget(root, name, frozenset())
