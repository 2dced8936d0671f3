"""Traces as a collector gets them, and a service whose collector does not take them."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.collector import Collector, Span, collecting
from tests.e2e.service import JSON_TYPE, PASSWORD, SMALL, USER, basic, running, until
from tests.e2e.test_celery import cluster
from tests.e2e.test_log import SECRETS, change_users, send_ecgs
from tests.e2e.workers import together, workers_of
from tests.processes import COMMAND, PATIENCE, eventually

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0bb902b7"
PARENT = f"00-{TRACE}-{CALLER}-01"
TRACED: dict[str, Any] = {
    "traces": "otlp",
    "trace_requests": 10_000,
    "cheap_insight_percent": 0,
    "log_requests": 1000,
}
WORKING = (sys.executable, "-m", "tests.e2e.working")


def told(collector: Collector, command: Sequence[str] = COMMAND, *more: str) -> tuple[str, ...]:
    """Return a command that exports to the collector soon."""
    names = f"OTEL_EXPORTER_OTLP_ENDPOINT={collector.url}", "OTEL_BSP_SCHEDULE_DELAY=100"
    return ("env", *names, *more, *command)


def is_within(span: Span, other: Span) -> bool:
    slack = 1_000_000  # ns, between two readings of the clocks
    return other.start - slack <= span.start <= span.end <= other.end + slack


async def test_a_trace_leads_from_a_request_to_its_insights_and_has_nothing_that_was_sent(
    tmp_path: Path,
) -> None:
    with collecting() as collector:
        named = "OTEL_SERVICE_NAME=ward", "OTEL_EXPORTER_OTLP_HEADERS=x-tenant=a"
        async with running(tmp_path, told(collector, COMMAND, *named), **TRACED) as service:
            await service.register()
            async with service.client() as user:
                headers = JSON_TYPE | {"traceparent": PARENT}
                answer = await user.post("/ecg", content=SMALL, headers=headers)
                assert answer.status_code == 201
                await asyncio.to_thread(
                    eventually, lambda: any(collector.named("compute insights"))
                )
                user.headers["tracestate"] = f"a={SECRETS['header']}"
                user.headers["x-request-id"] = SECRETS["id"]
                await asyncio.gather(send_ecgs(user), change_users(service))
            assert await service.stop() == 0
    of_request = [span for span in collector.spans if span.trace == TRACE]
    others = {span.trace for span in collector.spans} - {TRACE}
    assert len(of_request) == 8
    assert len(others) > 10
    sent = b"".join(collector.raw).lower()
    hidden = [*SECRETS.values(), PASSWORD, USER, *basic().split()[1:]]
    assert [secret for secret in hidden if secret.lower().encode() in sent] == []

    collector.spans = of_request
    request = collector.one("POST /ecg")
    batch, insights = collector.one("ingest batch"), collector.one("compute insights")
    assert (request.trace, request.parent, request.kind) == (TRACE, CALLER, 2)
    assert (batch.trace, batch.parent) == (TRACE, request.id)
    assert (insights.trace, insights.parent) == (TRACE, batch.id)
    for name, whole in (
        ("read", request),
        ("queue", request),
        ("store", request),
        ("parse", batch),
        ("commit", batch),
    ):
        part = collector.one(name)
        assert (part.trace, part.parent) == (TRACE, whole.id)
        assert is_within(part, whole)
    assert collector.one("store").links == (batch.id,)
    assert is_within(batch, request)
    assert request.facts["http.response.status_code"] == 201
    assert (request.facts["http.route"], request.facts["ecg.samples"]) == ("/ecg", 4)
    assert request.resource["service.name"] == "ward"
    assert collector.headers[0]["x-tenant"] == "a"
    [line] = [line for line in service.written().splitlines() if f"trace_id={TRACE}" in line]
    assert f" request_id={TRACE} " in line
    assert " route=/ecg " in line


async def test_workers_export_each_for_itself(tmp_path: Path) -> None:
    with collecting() as collector:
        async with together(tmp_path, *told(collector, ()), **TRACED) as service:
            pids = {str(pid) for pid in workers_of(service)}
            async with AsyncExitStack() as stack:
                while len({span.resource["process.pid"] for span in collector.spans}) < len(pids):
                    client = await stack.enter_async_context(service.client(None))
                    assert (await client.get("/health/live")).status_code == 200
            assert await service.stop() == 0
    assert {str(span.resource["process.pid"]) for span in collector.spans} == pids


async def keeps_on(folder: Path, collector: Collector) -> None:
    """Check that a service takes ECGs and ends in time, whatever its collector does."""
    settings = TRACED | {"trace_queue": 20, "trace_seconds": 1}
    async with running(folder, told(collector), **settings) as service:
        await service.register()
        async with service.client() as user:
            for _ in range(20):
                answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
                assert answer.status_code == 201
        await until(lambda: service.has_logged("traces are lost"))
        async with asyncio.timeout(PATIENCE / 2):
            assert await service.stop() == 0
        assert service.written().count("traces are lost") == 1
        assert "canary" not in service.written()
        assert "Traceback" not in service.written()


async def test_a_collector_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    for name in ("stuck", "refusing", "dead"):
        (tmp_path / name).mkdir()
    with collecting() as stuck, collecting() as refusing:
        stuck.flows.clear()
        refusing.status = 503
        dead = Collector("http://user:canary@127.0.0.1:1")
        await asyncio.gather(
            keeps_on(tmp_path / "stuck", stuck),
            keeps_on(tmp_path / "refusing", refusing),
            keeps_on(tmp_path / "dead", dead),
        )


async def test_a_trace_goes_on_in_another_process_behind_the_broker(tmp_path: Path) -> None:
    with collecting() as collector:
        async with cluster(tmp_path, command=told(collector, WORKING), **TRACED) as it:
            async with it.service.client() as user:
                headers = JSON_TYPE | {"traceparent": PARENT}
                answer = await user.post("/ecg", content=SMALL, headers=headers)
                assert answer.status_code == 201
            async with it.working():
                await asyncio.to_thread(
                    eventually, lambda: bool(collector.named("compute insights"))
                )
    hint, insights = collector.one("publish hints"), collector.one("compute insights")
    assert (hint.trace, hint.parent, hint.kind) == (TRACE, collector.one("ingest batch").id, 4)
    assert (insights.trace, insights.parent, insights.kind) == (TRACE, hint.id, 5)
    assert hint.resource["process.pid"] != insights.resource["process.pid"]
