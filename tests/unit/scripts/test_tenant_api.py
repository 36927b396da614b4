"""Our API in the tenant as `make secret` sends it; `make test-cloud-root` compares that with what Terraform makes."""

from typing import Any

import pytest

from scripts import tenant_api

ACCESS: dict[str, Any] = {
    "audience": "https://api.example/films",
    "machine_clients": {},
    "role_based_access_control": False,
}


def test_an_api_has_the_names_of_the_audience_and_the_settings_of_every_api() -> None:
    assert tenant_api.declared(ACCESS, "HS256") == {
        "identifier": "https://api.example/films",
        "name": "api.example/films",
        "signing_alg": "HS256",
        "token_lifetime": 3600,
        "token_lifetime_for_web": 3600,
        "allow_offline_access": True,
        "skip_consent_for_verifiable_first_party_clients": True,
        "enforce_policies": False,
        "token_dialect": "access_token",
        "subject_type_authorization": {
            "user": {"policy": "require_client_grant"},
            "client": {"policy": "deny_all"},
        },
    }


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        (
            {"role_based_access_control": True},
            {"enforce_policies": True, "token_dialect": "access_token_authz"},
        ),
        (
            {"machine_clients": {"report": {}}},
            {
                "subject_type_authorization": {
                    "user": {"policy": "require_client_grant"},
                    "client": {"policy": "require_client_grant"},
                }
            },
        ),
    ],
)
def test_access_yaml_decides_about_roles_and_machines(more: dict[str, Any], changed: dict[str, Any]) -> None:
    plain, other = tenant_api.declared(ACCESS, "HS256"), tenant_api.declared({**ACCESS, **more}, "HS256")
    assert tenant_api.differences(plain, other) == changed
