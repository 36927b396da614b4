import subprocess
from pathlib import Path

import httpx
import pytest

from scripts import provider_mirror
from scripts.errors import UserError
from scripts.tools import TERRAFORM, require


def make_mirror(folder: Path, *providers: str) -> Path:
    for provider in providers:
        (folder / provider_mirror.REGISTRY / provider / "5.100.0").mkdir(parents=True)
    return folder


def test_the_mirror_named_by_the_variable_is_taken(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror", "hashicorp/aws")
    assert provider_mirror.find_mirror({"PROVIDER_MIRROR": str(mirror)}) == mirror


def test_a_named_folder_that_is_no_mirror_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"PROVIDER_MIRROR=.* has no registry\.terraform\.io/hashicorp/aws below it"):
        provider_mirror.find_mirror({"PROVIDER_MIRROR": str(tmp_path)})


def test_a_mirror_in_terraforms_own_place_is_found(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / ".terraform.d" / "plugins", "hashicorp/aws")
    assert provider_mirror.find_mirror({"HOME": str(tmp_path)}) == mirror


def test_a_mirror_in_the_data_folder_is_found(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "terraform" / "plugins", "hashicorp/aws")
    assert provider_mirror.find_mirror({"XDG_DATA_HOME": str(tmp_path), "HOME": "/nonexistent"}) == mirror


def test_without_mirror_and_registry_the_message_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_mirror, "registry_has", lambda _provider: False)
    monkeypatch.setattr(provider_mirror, "usual_places", lambda _environment: iter(()))
    with pytest.raises(UserError, match="set PROVIDER_MIRROR to a filesystem mirror"):
        provider_mirror.find_mirror({})


def test_a_provider_comes_from_the_mirror_that_holds_it_without_asking_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = make_mirror(tmp_path, "hashicorp/aws", "auth0/auth0")
    monkeypatch.setattr(httpx, "get", lambda *_, **__: pytest.fail("the registry was asked"))
    assert provider_mirror.source("auth0/auth0", {"PROVIDER_MIRROR": str(mirror)}) == f"the mirror {mirror}"


@pytest.mark.parametrize(("status", "source"), [(200, provider_mirror.REGISTRY), (404, None), (503, None)])
def test_the_registry_is_the_source_of_what_no_mirror_holds_where_it_answers(
    status: int, source: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = make_mirror(tmp_path, "hashicorp/aws")
    asked: list[str] = []

    def get(url: str, *, timeout: int) -> httpx.Response:
        asked.append(url)
        assert timeout == 5
        return httpx.Response(status)

    monkeypatch.setattr(httpx, "get", get)
    assert provider_mirror.source("auth0/auth0", {"PROVIDER_MIRROR": str(mirror)}) == source
    assert asked == ["https://registry.terraform.io/v1/providers/auth0/auth0/versions"]


def test_a_registry_out_of_reach_is_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(*_: object, **__: object) -> httpx.Response:
        raise httpx.ConnectError("no route")

    monkeypatch.setattr(httpx, "get", get)
    assert provider_mirror.source("auth0/auth0", {"HOME": "/nonexistent"}) is None


@pytest.mark.process
def test_terraform_reads_the_configuration_and_looks_into_the_mirror(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / 'mirror "quoted"', "hashicorp/aws")
    config = tmp_path / "config" / "terraform.tfrc"
    provider_mirror.write_cli_config(mirror, config)
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
    )
    result = subprocess.run(
        [require(TERRAFORM), "init", "-no-color"],
        cwd=tmp_path,
        env={"TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, "the mirror's version folder is empty"
    assert "provider registry.terraform.io/hashicorp/aws was not found" in result.stderr


def test_an_unchanged_configuration_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "terraform.tfrc"
    provider_mirror.write_cli_config(None, config)
    before = config.stat().st_mtime_ns
    provider_mirror.write_cli_config(None, config)
    assert config.stat().st_mtime_ns == before
