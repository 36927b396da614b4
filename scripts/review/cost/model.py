"""Computes dollars a month from a plan's resources, prices and traffic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PRICES = Path(__file__).with_name("prices.yaml")

type Table = Mapping[str, Any]
"""The content of prices.yaml."""


@dataclass(frozen=True)
class Stack:
    """The priced parts of a plan. `functions` holds the memory of each function in gigabytes, by name."""

    functions: Mapping[str, float]
    architecture: str
    apis: int
    alarms: int
    dashboards: int
    tables: int
    recoverable_tables: int
    edge_functions: int
    log_days: float  # the mean of all log groups

    @property
    def authorizer_gb(self) -> float:
        """The memory of the authorizer."""
        return next((size for name, size in self.functions.items() if name.endswith("-authorizer")), 0.0)

    @property
    def api_gb(self) -> float:
        """The mean memory of the APIs' functions."""
        sizes = [size for name, size in self.functions.items() if not name.endswith("-authorizer")]
        return sum(sizes) / len(sizes) if sizes else 0.0


@dataclass(frozen=True)
class Line:
    """A line of a bill: a service, its amount, and dollars a month."""

    service: str
    dollars: float


def read_table(path: Path = PRICES) -> Table:
    """Return the table of prices, traffic and assumptions."""
    table: Table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return table


def read_stack(values: Mapping[str, Any]) -> Stack:
    """Return the priced parts of `planned_values` or `prior_state.values` of a plan's JSON.

    https://developer.hashicorp.com/terraform/internals/json-format
    """
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for resource in _resources(values.get("root_module", {})):
        if resource.get("mode", "managed") == "managed":
            by_type.setdefault(resource["type"], []).append(resource["values"])
    functions = by_type.get("aws_lambda_function", [])
    tables = by_type.get("aws_dynamodb_table", [])
    days = [each["retention_in_days"] for each in by_type.get("aws_cloudwatch_log_group", [])]
    return Stack(
        functions={each["function_name"]: (each.get("memory_size") or 128) / 1024 for each in functions},
        architecture=next((each["architectures"][0] for each in functions if each.get("architectures")), "x86_64"),
        apis=len(by_type.get("aws_api_gateway_rest_api", [])),
        alarms=len(by_type.get("aws_cloudwatch_metric_alarm", [])),
        dashboards=len(by_type.get("aws_cloudwatch_dashboard", [])),
        tables=len(tables),
        recoverable_tables=sum(_is_recoverable(each) for each in tables),
        edge_functions=len(by_type.get("aws_cloudfront_function", [])),
        log_days=sum(days) / len(days) if days else 0.0,
    )


def bill(stack: Stack, table: Table, size: str) -> list[Line]:
    """Return the bill of a month at a size of traffic, in the order of the services."""
    visits, visit = table["traffic"][size]["visits"], table["visit"]
    requests = visits * visit["api_requests"] if stack.apis else 0
    asked = requests * visit["authorizer_share"]
    site = visits * visit["site_requests"]
    seconds = (
        asked * visit["authorizer_milliseconds"] * stack.authorizer_gb
        + requests * visit["api_milliseconds"] * stack.api_gb
    ) / 1000
    log_gb = requests * visit["log_bytes"] / 1e9
    table_gb = stack.tables * visit["table_gigabytes"]
    amounts: dict[str, list[tuple[str, float]]] = {
        "API Gateway": [("api_requests", requests)],
        "Lambda": [
            ("lambda_requests", requests + asked if stack.functions else 0),
            (f"lambda_gb_seconds_{stack.architecture}", seconds),
        ],
        "CloudFront": [
            ("edge_requests", site + requests),
            ("edge_gb", (visits * visit["site_kilobytes"] + requests * visit["answer_kilobytes"]) / 1e6),
            ("edge_functions", site + requests if stack.edge_functions else 0),
        ],
        "DynamoDB": [
            ("table_reads", requests * visit["read_units"] if stack.tables else 0),
            ("table_gb", table_gb),
            ("table_recovery_gb", stack.recoverable_tables * visit["table_gigabytes"]),
        ],
        "CloudWatch logs": [("log_gb", log_gb), ("log_gb_months", log_gb * stack.log_days / 30)],
        "CloudWatch alarms and dashboards": [("alarms", stack.alarms), ("dashboards", stack.dashboards)],
        "S3": [("bucket_reads", site * visit["missed_at_the_edge"])],
    }
    return [
        Line(service, sum(dollars(table["prices"][name], amount) for name, amount in parts))
        for service, parts in amounts.items()
    ]


def dollars(price: Mapping[str, Any], amount: float) -> float:
    """Return the dollars for an amount: subtract the free part, then fill one price tier after the other."""
    left = max(0.0, amount - float(price.get("free", 0)))
    total = 0.0
    for size, each in price["tiers"]:
        part = left if size is None else min(left, float(size))
        total += part * float(each)
        left -= part
    return total


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _is_recoverable(table: Mapping[str, Any]) -> bool:
    return any(each.get("enabled") for each in table.get("point_in_time_recovery") or [])
