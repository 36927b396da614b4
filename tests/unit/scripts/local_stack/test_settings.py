from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.local_stack import settings
from scripts.project_name import PROJECT


def test_without_variables_the_ports_are_the_documented_ones() -> None:
    chosen = settings.from_environment({})
    assert (chosen.aws_port, chosen.auth0_port, chosen.auth0_tls_port) == (4566, 4580, 4581)
    assert chosen.site_origin == f"http://{PROJECT}-local.localhost:4566"  # as in terraform/local/main.tf
    assert chosen.issuer == "http://localhost:4580/"


def test_every_port_moves_by_its_variable(tmp_path: Path) -> None:
    chosen = settings.from_environment(
        {
            "GATEHOUSE_AWS_PORT": "5001",
            "GATEHOUSE_AUTH0_PORT": "5002",
            "GATEHOUSE_AUTH0_TLS_PORT": "5003",
            "GATEHOUSE_LOCAL_DIR": str(tmp_path),
        }
    )
    assert (chosen.aws_port, chosen.auth0_port, chosen.auth0_tls_port) == (5001, 5002, 5003)
    assert chosen.directory == tmp_path


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "45 66", "٤٥٦٦", "4566.0"])
def test_a_port_that_is_none_names_the_variable_and_the_range(value: str) -> None:
    with pytest.raises(UserError, match=r"GATEHOUSE_AWS_PORT=.* is not a port; choose a number from 1 to 65535"):
        settings.from_environment({"GATEHOUSE_AWS_PORT": value})


def test_two_services_on_one_port_are_refused() -> None:
    with pytest.raises(UserError, match="three different ports"):
        settings.from_environment({"GATEHOUSE_AUTH0_PORT": "4566"})


def test_the_legacy_ways_are_chosen_by_terraform_s_words_and_are_off_by_default() -> None:
    plain = settings.from_environment({})
    assert (plain.login_flow, plain.api_signing_algorithm, plain.is_legacy) == ("code", "RS256", False)
    implicit = settings.from_environment({"LOGIN_FLOW": "implicit"})
    assert (implicit.login_flow, implicit.api_signing_algorithm, implicit.is_legacy) == ("implicit", "RS256", True)
    assert settings.from_environment({"API_SIGNING_ALGORITHM": "HS256"}).is_legacy


@pytest.mark.parametrize(
    ("name", "value", "choices"),
    [("LOGIN_FLOW", "token", "code or implicit"), ("API_SIGNING_ALGORITHM", "hs256", "RS256 or HS256")],
)
def test_an_unknown_way_is_refused_with_the_choices(name: str, value: str, choices: str) -> None:
    with pytest.raises(UserError, match=f"{name}={value} is unknown; choose {choices}"):
        settings.from_environment({name: value})
