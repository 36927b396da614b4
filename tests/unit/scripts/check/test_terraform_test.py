"""Which roots and modules `make test-terraform` tests, by where the auth0 provider is to be had."""

from pathlib import Path

from scripts.check.terraform_test import chosen
from scripts.provider_mirror import REGISTRY
from scripts.tools import ROOT

WITHOUT_AUTH0 = {path.name for path in (ROOT / "terraform/modules").iterdir() if path.is_dir()} - {
    "auth0",
    "tenant_look",
} | {"local"}
WITH_AUTH0 = {"auth0", "tenant_look"}


def names(places: list[Path]) -> set[str]:
    return {place.name for place in places}


def test_without_the_provider_the_modules_of_the_tenant_are_left_out() -> None:
    tested, left_out = chosen(None)
    assert (names(tested), names(left_out)) == (WITHOUT_AUTH0, WITH_AUTH0)


def test_the_registry_s_provider_is_used_for_the_cloud_root_too() -> None:
    tested, left_out = chosen(REGISTRY)
    assert (names(tested), left_out) == (WITHOUT_AUTH0 | WITH_AUTH0 | {"cloud"}, [])


def test_a_mirror_with_the_provider_serves_the_modules() -> None:
    tested, left_out = chosen("the mirror /opt/providers")
    assert (names(tested), left_out) == (WITHOUT_AUTH0 | WITH_AUTH0, [])
