"""The table of hostile tokens against the running system, through CloudFront and directly at the API."""

import json
import os
import subprocess
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from scripts.build.data_files import load_access
from scripts.hostile_tokens import jose, site
from scripts.hostile_tokens.case import Answer, Setup
from scripts.hostile_tokens.scenario import Scenario
from tests.checkout import EXAMPLE
from tests.commands import run_module
from tests.conftest import Stack
from tests.system.attacked import THREADS, fired
from tests.system.conftest import SignIn, tenants_key
from tests.tls import CERTIFICATE_AUTHORITIES

ROLES_COUNT = load_access(EXAMPLE / "auth0" / "access.yaml").get("role_based_access_control", False)
PERMISSIONS = Setup.PERMISSIONS_TOO if ROLES_COUNT else Setup.SCOPES_ONLY
DEPLOYED = {Setup.ANY, PERMISSIONS}


@pytest.fixture(scope="module")
def scenario(stack: Stack) -> Scenario:
    """The stack as an outsider sees it, and its tenant's own signing key."""
    with site.client(stack.site_url, 1) as http:
        seen = site.read_scenario(http, None)
    kid, pem = tenants_key(stack)
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    key_set = sorted(seen.key_set, key=lambda jwk: jwk["kid"] != kid)  # the signing key first
    return replace(seen, key=key, key_set=key_set)


def test_every_hostile_token_is_refused_through_cloudfront_and_every_control_passes(
    stack: Stack, scenario: Scenario
) -> None:
    with site.client(stack.site_url, THREADS) as http:
        answers = fired(scenario, lambda headers: http.get(f"/api{scenario.target.path}", headers=headers), DEPLOYED)
    assert answers[Answer.UNAUTHORIZED] >= 400
    assert answers[Answer.DENY] >= 50
    assert answers[Answer.ALLOW] >= 20


def test_every_hostile_token_is_refused_at_the_api_itself(stack: Stack, scenario: Scenario) -> None:
    state = json.loads((stack.settings.directory / "terraform.tfstate").read_text())
    url = httpx.URL(state["outputs"]["api_urls"]["value"][scenario.target.path.split("/")[1]])
    host = f"{url.host.split('.')[0]}.execute-api.localhost:{stack.settings.aws_port}"
    with httpx.Client(
        base_url=stack.settings.aws_url,
        headers={"host": host},
        timeout=30,
        trust_env=False,
        verify=CERTIFICATE_AUTHORITIES,
    ) as http:
        fired(scenario, lambda headers: http.get(f"{url.path}{scenario.target.path}", headers=headers), DEPLOYED)


def attack(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_module("scripts.check.attack", *arguments, environment={**os.environ, **environment})


def test_make_attack_prints_a_line_for_each_category_and_finds_no_hole(
    stack: Stack, sign_in: SignIn, scenario: Scenario
) -> None:
    token = sign_in(scenario.target.connection).access_token
    told = attack(stack.site_url, "--rate", "5000", TOKEN=token)
    assert told.returncode == 0, told.stdout + told.stderr
    for line in ("alg none and its spellings: ", "RS/HS confusion: ", "as expected", "All "):
        assert line in told.stdout
    assert token.split(".")[2] not in told.stdout + told.stderr


def test_make_attack_names_the_row_when_an_answer_is_not_the_expected_one(stack: Stack, scenario: Scenario) -> None:
    """With a token that is not good, the controls fail."""
    forged = jose.compose(scenario.header(), scenario.claims(), jose.rsa(scenario.attacker_key))
    told = attack(stack.site_url, "--rate", "5000", TOKEN=forged)
    assert told.returncode == 1
    assert "FAILED header-as-it-should-be: answered 401 instead of 200; RFC 6750 §2.1" in told.stdout
    assert "tokens got an unexpected answer" in told.stderr


def test_make_attack_tells_what_is_no_token_in_a_sentence(stack: Stack) -> None:
    told = attack(stack.site_url, TOKEN="secret")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert told.stderr.startswith("error: TOKEN is not an access token;")


@pytest.mark.parametrize("url", ["ftp://example.com", "https://", "no address", "http://127.0.0.1:9"])
def test_make_attack_tells_a_wrong_address_in_a_sentence(url: str) -> None:
    told = attack(url)
    assert told.returncode == 2
    assert told.stderr.startswith("error: ")
    assert told.stderr.count("\n") == 1
