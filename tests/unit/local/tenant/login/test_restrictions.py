"""The tenant obeys every setting that the Management API accepts: if it lacks the feature, it refuses the request."""

from typing import Any
from urllib.parse import quote

import pytest


@pytest.mark.parametrize(
    ("settings", "parameters", "reason"),
    [
        ({"require_pushed_authorization_requests": True}, {}, "must push its requests"),
        ({"organization_usage": "require"}, {}, "parameter organization is required for this client"),
        ({"organization_usage": "require"}, {"organization": "org_1"}, "has no organizations"),
        ({"organization_usage": "allow"}, {"organization": "org_1"}, "has no organizations"),
        ({"organization_usage": "deny"}, {"organization": "org_1"}, "parameter organization is not allowed"),
        ({}, {"organization": "org_1"}, "parameter organization is not allowed"),
    ],
)
def test_an_authorization_request_is_refused(
    tenant: Any, browser_of: Any, settings: dict[str, Any], parameters: dict[str, str], reason: str
) -> None:
    browser = browser_of(tenant.create_client(**settings))
    answer = browser.answer(browser.authorize(**parameters))
    assert answer["error"] == "invalid_request"
    assert reason in answer["error_description"]


def test_an_application_that_must_sign_its_requests_is_refused(tenant: Any, browser_of: Any) -> None:
    app = tenant.create_client()
    change = {"signed_request_object": {"required": True, "credentials": []}}
    assert tenant.management("PATCH", f"/clients/{app['client_id']}", change).status_code == 200
    browser = browser_of(app)
    assert "must sign its requests" in browser.answer(browser.authorize())["error_description"]


def test_an_application_with_organizations_allowed_signs_in_without_one(tenant: Any, browser_of: Any) -> None:
    assert "code" in browser_of(tenant.create_client(organization_usage="allow")).sign_in()


def test_an_application_that_must_use_dpop_gets_no_token(tenant: Any, browser_of: Any) -> None:
    browser = browser_of(tenant.create_client(require_proof_of_possession=True))
    refused = browser.exchange(browser.sign_in()["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")


CERTIFICATE_FREE = {"format": "compact-nested-jwe", "encryption_key": {"alg": "RSA-OAEP-256", "kid": "1"}}


@pytest.mark.parametrize(
    ("demand", "reason"),
    [
        ({"proof_of_possession": {"mechanism": "dpop", "required": True}}, "sender-constrained"),
        (
            {"proof_of_possession": {"mechanism": "dpop", "required": True, "required_for": "public_clients"}},
            "sender-constrained",
        ),
        ({"token_encryption": CERTIFICATE_FREE}, "encrypted"),
        ({"proof_of_possession": {"mechanism": "dpop", "required": False}}, None),
    ],
)
def test_an_api_that_demands_more_of_its_tokens_gets_none(
    tenant: Any, browser_of: Any, demand: dict[str, Any], reason: str | None
) -> None:
    identifier = f"https://demanding.example/{quote(str(demand), safe='')}"
    made = tenant.management("POST", "/resource-servers", {"identifier": identifier, **demand})
    assert made.status_code == 201, made.text
    browser = browser_of()
    if reason is None:
        assert "code" in browser.sign_in(audience=identifier)
    else:
        answer = browser.answer(browser.authorize(audience=identifier))
        assert answer["error"] == "access_denied"
        assert reason in answer["error_description"]
    machine = tenant.create_machine(identifier, [])
    form = {"grant_type": "client_credentials", "audience": identifier}
    form |= {name: machine[name] for name in ("client_id", "client_secret")}
    with tenant.client() as client:
        answer = client.post("/oauth/token", data=form)
    only_public = demand.get("proof_of_possession", {}).get("required_for") == "public_clients"
    assert answer.status_code == (200 if reason is None or only_public else 403), answer.text


def test_no_application_is_notified_of_a_logout_so_the_address_is_refused(tenant: Any) -> None:
    urls = {"backchannel_logout_urls": ["https://app.example/logout"]}
    assert tenant.management("POST", "/clients", {"name": "told", "oidc_logout": urls}).status_code == 501
    path = f"/clients/{tenant.create_client()['client_id']}"
    assert tenant.management("PATCH", path, {"oidc_logout": urls}).status_code == 501
    assert tenant.management("PATCH", path, {"oidc_logout": {"backchannel_logout_urls": []}}).status_code == 200
