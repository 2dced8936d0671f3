"""The page is what Prometheus's own parser reads, and says what was counted."""

import asyncio
from dataclasses import dataclass
from typing import cast

import pytest
from litestar.types import Scope
from prometheus_client.parser import text_string_to_metric_families

from ecg_service.api.edge.observed import Seen
from ecg_service.bootstrap.metrics.page import Metrics
from ecg_service.bootstrap.metrics.shared import Slots
from ecg_service.bootstrap.metrics.table import METRICS
from ecg_service.bootstrap.metrics.token import RULES

ORDER = ("method", "route", "status", "stage", "le")
TOKEN = "a-token-of-metrics"


@dataclass
class Part:
    """What a part of the service says of itself."""

    waiting: int = 3
    capacity: int = 9
    handled: int = 5
    restarts: int = 0
    reaches_broker: bool | None = None
    dropped: int = 2


def page(metrics: Metrics) -> dict[str, float]:
    async def scenario() -> bytes:
        async with metrics.told(lambda: {"ingest": Part(), "insights": Part(), "cache": None}):
            return await metrics.text()

    families = text_string_to_metric_families(asyncio.run(scenario()).decode())
    return {
        " ".join(
            [sample.name, *(sample.labels[one] for one in ORDER if one in sample.labels)]
        ): sample.value
        for family in families
        for sample in family.samples
    }


def seen(status: int = 201, **stages: float) -> Seen:
    one = Seen()
    one.status, one.sent, one.received, one.samples, one.stages = status, 10, 20, 30, stages
    return one


def test_requests_are_counted_by_kind_and_their_time_in_buckets() -> None:
    metrics = Metrics(TOKEN, Slots())
    scope = cast("Scope", {"type": "http", "method": "POST", "path_template": "/ecg"})
    for seconds in (0.001, 0.002, 20.0):
        metrics.requests.observe(scope, seen(commit=0.5), seconds)
    found = page(metrics)
    assert found["ecg_request_seconds_count POST /ecg 201"] == 3
    assert found["ecg_request_seconds_sum POST /ecg 201"] == pytest.approx(20.003)
    assert found["ecg_request_seconds_bucket POST /ecg 201 0.001"] == 1
    assert found["ecg_request_seconds_bucket POST /ecg 201 10.0"] == 2
    assert found["ecg_request_seconds_bucket POST /ecg 201 +Inf"] == 3
    assert found["ecg_ingest_stage_seconds_sum commit"] == 1.5
    assert (found["ecg_sent_bytes_total"], found["ecg_received_bytes_total"]) == (30, 60)
    assert found["ecg_samples_total"] == 90


def test_parts_tell_what_they_know_and_what_is_not_there_is_left_out() -> None:
    found = page(Metrics(TOKEN, Slots()))
    assert (found["ecg_ingest_waiting"], found["ecg_ingest_documents_total"]) == (3, 5)
    assert found["ecg_insights_dropped_total"] == 2
    assert (
        not {"ecg_broker_up", "ecg_cache_up", "ecg_quotas_up", "ecg_store_commits_total"}
        & found.keys()
    )
    assert found["ecg_workers"] == 1


def test_names_are_of_the_form_that_prometheus_asks_for() -> None:
    for metric in METRICS:
        assert metric.name.startswith("ecg_")
        assert metric.name.endswith("_total") is (metric.kind == "counter")
        assert metric.text.endswith(".")
    assert len({metric.name for metric in METRICS}) == len(METRICS)


@pytest.mark.parametrize("bad", ["", "short", "fifteen-letters", "sixteen letters\n", "é" * 20])
def test_a_token_that_is_guessed_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="16"):
        RULES["metrics_token"](bad)
