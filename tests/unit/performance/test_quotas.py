"""docs/scale.md holds the tables of the arithmetic, and the arithmetic uses our own figures."""

import json
import re

import pytest

from scripts.tools import ROOT
from tests.performance import quotas

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [quotas.load_table, quotas.quota_table, quotas.api_table])
def test_the_page_holds_the_table_that_the_arithmetic_gives(table: object) -> None:
    assert callable(table)
    assert table() in PAGE, "run `python -m tests.performance.quotas` and put the tables into docs/scale.md"


def test_the_demand_on_each_quota_is_proportional_to_the_users_and_reaches_the_limit_where_the_page_says() -> None:
    for quota in quotas.QUOTAS:
        assert quota.demand(2_000_000) == pytest.approx(2 * quota.demand(1_000_000))
        assert quota.demand(quota.bites_at() - 1_000) < quota.limit < quota.demand(quota.bites_at() + 1_000)


def test_our_own_limit_is_the_one_that_terraform_has() -> None:
    declared = (ROOT / "terraform/modules/stack/variables.tf").read_text(encoding="utf-8")
    [limit] = re.findall(r"requests_per_second = optional\(number, (\d+)\)", declared)
    [ours] = [quota.limit for quota in quotas.QUOTAS if quota.name.startswith("ours")]
    assert float(limit) == ours


def test_the_behaviors_that_do_not_belong_to_an_api_are_those_of_the_distribution() -> None:
    distribution = (ROOT / "terraform/modules/site/distribution.tf").read_text(encoding="utf-8")
    fixed = len(re.findall(r"^  (?:ordered|default)_cache_behavior \{", distribution, re.MULTILINE))
    [behaviors] = [quota for quota in quotas.API_QUOTAS if "behaviors" in quota.name]
    assert (behaviors.fixed, behaviors.per_api) == (fixed, distribution.count('dynamic "ordered_cache_behavior"'))


def test_access_yaml_takes_as_many_scopes_as_auth0() -> None:
    schema = json.loads((ROOT / "auth0/access.schema.json").read_text(encoding="utf-8"))
    [scopes] = [quota for quota in quotas.API_QUOTAS if quota.name.startswith("Auth0: scopes")]
    assert schema["properties"]["scopes"]["maxProperties"] == scopes.limit
