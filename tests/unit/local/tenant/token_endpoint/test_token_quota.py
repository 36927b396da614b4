"""An application gets no more tokens for itself than its quota, or the tenant's default, allows."""

from typing import Any

import httpx


def ask(tenant: Any, machine: dict[str, Any]) -> httpx.Response:
    form = {"grant_type": "client_credentials", "audience": "https://StreamingResourceServer"}
    with tenant.client() as client:
        form |= {name: machine[name] for name in ("client_id", "client_secret")}
        answer: httpx.Response = client.post("/oauth/token", data=form)
        return answer


def test_the_quota_of_a_day_ends_the_tokens(tenant: Any) -> None:
    machine = tenant.create_machine(token_quota={"client_credentials": {"enforce": True, "per_day": 2}})
    assert [ask(tenant, machine).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(tenant, machine).json()["error"] == "too_many_requests"
    assert ask(tenant, tenant.create_machine()).status_code == 200


def test_a_quota_that_is_not_enforced_only_counts(tenant: Any) -> None:
    machine = tenant.create_machine(token_quota={"client_credentials": {"enforce": False, "per_hour": 1}})
    assert [ask(tenant, machine).status_code for _ in range(2)] == [200, 200]


def test_the_tenants_quota_counts_where_the_application_has_none(tenant: Any) -> None:
    quota = {"clients": {"client_credentials": {"enforce": True, "per_day": 1}}}
    own = tenant.create_machine(token_quota={"client_credentials": {"enforce": True, "per_day": 2}})
    none = tenant.create_machine()
    assert tenant.management("PATCH", "/tenants/settings", {"default_token_quota": quota}).status_code == 200
    try:
        assert [ask(tenant, none).status_code for _ in range(2)] == [200, 429]
        assert [ask(tenant, own).status_code for _ in range(2)] == [200, 200]
    finally:
        tenant.management("PATCH", "/tenants/settings", {"default_token_quota": None})
