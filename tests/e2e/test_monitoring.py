"""The files for Prometheus and Grafana, with a real Prometheus that asks a real service."""

import re
import subprocess
from pathlib import Path
from typing import Any

from ecg_service.bootstrap.metrics.table import METRICS
from tests.e2e.service import SMALL, until
from tests.monitoring.dashboard import alerts, metrics_in, panels
from tests.monitoring.drawing import Line, Plot, drawn
from tests.monitoring.load import WORKERS, busy, watched
from tests.servers.process import program
from tests.servers.prometheus import DEPLOYED, OwnPrometheus

ELSEWHERE = re.compile(r"\becg_(cache|broker|quotas)_")
"""What only a service with a cache, a broker or a Redis of its quotas tells."""
NAMES = {metric.name for metric in METRICS}


def promtool(*arguments: str) -> str:
    done = subprocess.run(
        [program("promtool", package="prometheus"), *arguments],
        cwd=DEPLOYED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def number(prometheus: OwnPrometheus, query: str) -> float:
    """Return what a query answers with; nothing is 0."""
    found = (await prometheus.ask("query", query=query))["result"]
    return float(found[0]["value"][1]) if found else 0


async def test_each_query_finds_what_it_asks_for(tmp_path: Path) -> None:
    queries = [query.expression for panel in panels("1m") for query in panel.queries]
    async with watched(tmp_path, "200ms", quota=60, quota_seconds=60) as (service, prometheus):
        missing = [query for query in queries if not ELSEWHERE.search(query)]

        async def are_answered() -> bool:
            for query in missing[:]:
                if (await prometheus.ask("query", query=query))["result"]:
                    missing.remove(query)
            return not missing

        await until(lambda: _is_positive(prometheus, "up"))
        async with busy(service, SMALL, 0.02):
            try:
                await until(are_answered)
            except TimeoutError:
                raise AssertionError(missing) from None
            await until(lambda: _is_positive(prometheus, "sum(rate(ecg_samples_total[1m]))"))
        for query in filter(ELSEWHERE.search, queries):
            assert (await prometheus.ask("query", query=query))["result"] == []
        assert await number(prometheus, "ecg_workers") == WORKERS
        rules = await alerts(prometheus)
        await _are_calm(prometheus, rules)
    assert {name for query in queries for name in metrics_in(query)} <= NAMES
    assert {name for rule in rules for name in metrics_in(rule["query"])} <= NAMES


async def _is_positive(prometheus: OwnPrometheus, query: str) -> bool:
    return await number(prometheus, query) > 0


async def _are_calm(prometheus: OwnPrometheus, rules: list[dict[str, Any]]) -> None:
    """Check that Prometheus can evaluate the rules, and that a service that is well raises none."""
    for rule in rules:
        assert (rule["health"], rule.get("lastError")) == ("ok", None), rule
        found = (await prometheus.ask("query", query=rule["query"]))["result"]
        assert found == [], rule["name"]


def test_each_alert_rings_when_it_should() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")
    names = re.findall(r"- alert: (\w+)", (DEPLOYED / "alerts.yml").read_text())
    tested = re.findall(r'alertname="(\w+)"', (DEPLOYED / "alerts_test.yml").read_text())
    assert names == tested


def test_panels_are_drawn() -> None:
    picture = drawn(
        [Plot("<Waits>", "s", [Line("a & b", [(0, 0), (1, 0.18)])]), Plot("None", "", [])]
    )
    assert "&lt;Waits&gt;" in picture
    assert "a &amp; b" in picture
    assert "200 ms" in picture
    assert 'points="46,120.0 326,39.0"' in picture
    assert "none here" in picture
