"""`make cost` reads the priced resources from a plan, and every price has a source and a date."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts.review.cost.model import bill, dollars, read_stack, read_table
from scripts.review.cost.report import report
from tests.commands import run_module

TABLE = read_table()
SIZES = [*TABLE["traffic"]]


def resource(kind: str, **values: object) -> dict[str, Any]:
    return {"type": kind, "mode": "managed", "values": values}


def values(apis: int = 2, **more: object) -> dict[str, Any]:
    """Return the values of a stack as in a plan: an authorizer, and a function and a table for each API."""
    functions = ["gatehouse-dev-authorizer", *(f"gatehouse-dev-api{number}" for number in range(apis))]
    stack = [
        *(
            resource("aws_lambda_function", function_name=name, memory_size=512, architectures=["arm64"])
            for name in functions
        ),
        *(resource("aws_api_gateway_rest_api", name=str(number)) for number in range(apis)),
        *(
            resource("aws_dynamodb_table", name=str(number), point_in_time_recovery=[{"enabled": True}])
            for number in range(apis)
        ),
        resource("aws_cloudwatch_log_group", retention_in_days=30),
        resource("aws_cloudfront_function", name="viewer"),
        *(resource("aws_cloudwatch_metric_alarm", alarm_name=str(number)) for number in range(30)),
        {**resource("aws_cloudwatch_metric_alarm"), "mode": "data"},
    ]
    return {"root_module": {"child_modules": [{"resources": stack}], "resources": []}} | more


def amounts(stack_values: dict[str, Any], size: str) -> dict[str, float]:
    return {line.service: line.dollars for line in bill(read_stack(stack_values), TABLE, size)}


def test_every_price_has_a_source_and_a_date_that_is_no_older_than_three_years() -> None:
    for name, price in {**TABLE["prices"], "auth0": TABLE["auth0"]}.items():
        assert price["source"].startswith(("aws.amazon.com/", "auth0.com/")), name
        assert date(2024, 1, 1) < price["checked"] <= date(2026, 11, 29), name
    for price in TABLE["prices"].values():
        rates = [float(rate) for _, rate in price["tiers"]]
        assert rates == sorted(rates, reverse=True)
        assert price["tiers"][-1][0] is None


def test_the_free_amount_is_subtracted_first_and_each_tier_is_filled_in_turn() -> None:
    price = {"free": 10, "tiers": [[5, 2.0], [None, 1.0]]}
    assert [dollars(price, amount) for amount in (0, 10, 12, 15, 17)] == [0, 0, 4, 10, 12]


def test_a_bill_is_what_the_prices_say() -> None:
    found = amounts(values(), "medium")
    assert found["API Gateway"] == pytest.approx(10e6 * 3.50e-6)
    requests, seconds = 12e6 - 1e6, (2e6 * 5 + 10e6 * 15) / 1000 * 0.5 - 4e5
    assert found["Lambda"] == pytest.approx(requests * 0.20e-6 + max(0, seconds) * 0.0000133334)
    assert found["CloudFront"] == pytest.approx((22e6 - 1e7) * 1e-6 + (22e6 - 2e6) * 1e-7)
    assert found["DynamoDB"] == pytest.approx(10e6 * 0.125e-6 + 2 * 0.20)
    assert found["CloudWatch logs"] == pytest.approx((15 - 5) * 0.50 + 15 * 0.03)
    assert found["CloudWatch alarms and dashboards"] == pytest.approx(20 * 0.10)


def test_more_traffic_never_costs_less_and_nothing_costs_nothing() -> None:
    totals = [sum(amounts(values(), size).values()) for size in SIZES]
    assert totals == sorted(totals)
    nothing = amounts({"root_module": {}}, "large")
    assert {service for service, amount in nothing.items() if amount} == {"CloudFront", "S3"}


def test_the_report_has_the_largest_line_first_says_what_dominates_and_compares() -> None:
    after, before = read_stack(values(apis=3)), read_stack(values(apis=2))
    text = report("dev", (after, before), "what is deployed", TABLE)
    assert "The largest part: CloudWatch alarms and dashboards (small, " in text
    assert "CloudFront (large, " in text or "API Gateway (large, " in text
    assert "Compared with what is deployed: small +0.20, medium +0.20, large +0.20." in text
    assert "| Auth0 | 0.00 | a paid plan; ask Auth0 | a paid plan; ask Auth0 |" in text
    assert "- Left out: Custom metrics" in text
    assert "It costs as much as what is deployed." in report("dev", (after, after), "what is deployed", TABLE)


@pytest.mark.process
def test_the_verb_reads_a_plan_and_compares_with_another(tmp_path: Path) -> None:
    plan, base = tmp_path / "plan.json", tmp_path / "base.json"
    plan.write_text(json.dumps({"planned_values": values(), "prior_state": {"values": values()}}))
    base.write_text(json.dumps({"planned_values": values(apis=1)}))
    answer = run_module(
        "scripts.review.cost", "dev", environment={**os.environ, "PLAN_JSON": str(plan), "BASE": str(base)}
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("## Cost of dev\n")
    assert "Compared with base.json: small +" in answer.stdout
