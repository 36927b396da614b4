"""Evaluates the alarms as CloudWatch does, but from log lines: embedded metrics, statistics by period, alarm states.

The local system needs this, because the emulator has no metrics. The thresholds are those of alarms.yaml.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
"""

import functools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from scripts.tools import ROOT

STAGE = "live"  # module rest_api's one stage

type Series = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, metric, dimensions."""
type Samples = Mapping[Series, list[tuple[float, float]]]
"""The values of each series, with their times (Unix, seconds)."""


@dataclass(frozen=True)
class Alarm:
    """One alarm, as terraform/modules/monitoring/alarms.tf declares it."""

    series: Series
    statistic: str
    period_seconds: int
    evaluated_periods: int
    alarming_periods: int
    comparison: str
    threshold: float

    def crossings(self, samples: Samples) -> list[float]:
        """Return the ends of the periods in which the alarm is in state ALARM (Unix, seconds)."""
        values = defaultdict(list)
        for when, value in samples.get(self.series, []):
            values[int(when // self.period_seconds)].append(value)
        breaching = {period for period, found in values.items() if self._is_breaching(found)}
        ends = {period + later for period in breaching for later in range(self.evaluated_periods)}
        return [
            (end + 1.0) * self.period_seconds
            for end in sorted(ends)
            if len(breaching & set(range(end - self.evaluated_periods + 1, end + 1))) >= self.alarming_periods
        ]

    def _is_breaching(self, values: list[float]) -> bool:
        value = statistic(self.statistic, values)
        return value >= self.threshold if self.comparison == "at_least" else value <= self.threshold


@functools.cache
def declared() -> Mapping[str, Mapping[str, Any]]:
    """Return the alarms of alarms.yaml by name, as Terraform reads them."""
    file = ROOT / "terraform" / "modules" / "monitoring" / "alarms.yaml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def statistic(name: str, values: list[float]) -> float:
    """Return a statistic of values; percentiles use the nearest rank."""
    if name.startswith("p"):
        return sorted(values)[max(math.ceil(len(values) * float(name[1:]) / 100), 1) - 1]
    match name:
        case "Sum":
            return sum(values)
        case "Minimum":
            return min(values)
        case "Average":
            return sum(values) / len(values)
    raise ValueError(f"no statistic {name}")


def alarms_on(each: str, dimensions: Mapping[str, str]) -> dict[str, Alarm]:
    """Return the alarms about one API, one function or the authorizer, by their names in alarms.yaml."""
    found = {}
    for name, alarm in declared().items():
        if alarm["each"] != each:
            continue
        about = {"api": dimensions.get("ApiName", "")} if alarm["metric"] == "throttled_requests" else dimensions
        for reason, threshold in alarm.get("thresholds", {"": alarm.get("threshold")}).items():
            own = {**about, **alarm.get("dimensions", {}), **({"reason": reason} if reason else {})}
            series = (alarm["namespace"], alarm["metric"], frozenset(own.items()))
            found[f"{name}-{reason}" if reason else name] = Alarm(
                series,
                alarm["statistic"],
                alarm["period_seconds"],
                alarm["evaluated_periods"],
                alarm["alarming_periods"],
                alarm["comparison"],
                threshold,
            )
    return found


def embedded(lines: Iterable[Mapping[str, Any]]) -> Samples:
    """Return the metrics that CloudWatch Logs extracts from lines in the embedded metric format; ignore other lines."""
    samples: dict[Series, list[tuple[float, float]]] = defaultdict(list)
    for entry in lines:
        if "_aws" not in entry:
            continue
        when = entry["_aws"]["Timestamp"] / 1_000
        for directive in entry["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, entry[name]) for name in names)
                for metric in directive["Metrics"]:
                    samples[directive["Namespace"], metric["Name"], dimensions].append((when, entry[metric["Name"]]))
    return samples


def gateway(accesses: Iterable[Mapping[str, Any]]) -> Samples:
    """Return the metrics of API Gateway and of the log metric filter, computed from an access log's lines.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """
    samples: dict[Series, list[tuple[float, float]]] = defaultdict(list)
    for line in accesses:
        when = datetime.strptime(line["time"], "%d/%b/%Y:%H:%M:%S %z").timestamp()
        stage = frozenset({"ApiName": line["api"], "Stage": STAGE}.items())
        samples["AWS/ApiGateway", "5XXError", stage].append((when, float(line["status"].startswith("5"))))
        samples["AWS/ApiGateway", "Latency", stage].append((when, float(line["response_ms"])))
        if line["status"] == "429":
            samples["Gatehouse", "throttled_requests", frozenset({"api": line["api"]}.items())].append((when, 1.0))
    return samples
