"""The panels of the dashboard in `deploy/monitoring`, and what they ask Prometheus."""

import json
import re
from typing import Any, NamedTuple

from tests.servers.prometheus import DEPLOYED, OwnPrometheus

METRIC = re.compile(r"\becg_[a-z_]+\b")


class Query(NamedTuple):
    """What a panel asks, with the rates over some time, and what the answers are called."""

    expression: str
    legend: str


class Panel(NamedTuple):
    """A panel."""

    title: str
    unit: str
    queries: tuple[Query, ...]


def panels(rates_of: str) -> list[Panel]:
    """Return all panels as Grafana asks for them, for all services and with rates of so long."""

    def query(target: dict[str, str]) -> Query:
        expression = target["expr"].replace("$__rate_interval", rates_of)
        return Query(expression.replace("$instance", ".*"), target["legendFormat"])

    dashboard: dict[str, Any] = json.loads((DEPLOYED / "dashboard.json").read_text())
    return [
        Panel(
            one["title"],
            one["fieldConfig"]["defaults"]["unit"],
            tuple(map(query, one["targets"])),
        )
        for one in dashboard["panels"]
    ]


def metrics_in(expression: str) -> set[str]:
    """Return which metrics a query names, as the table of metrics does."""
    names = METRIC.findall(re.sub(r'"[^"]*"', "", expression))
    return {re.sub(r"_seconds_(bucket|count|sum)$", "_seconds", name) for name in names}


async def alerts(prometheus: OwnPrometheus) -> list[dict[str, Any]]:
    """Return the rules of all alerts, as Prometheus has read them."""
    groups = (await prometheus.ask("rules"))["groups"]
    return [rule for group in groups for rule in group["rules"]]
