"""Which requests are traced, and what the spans of several have to do with one another."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from ecg_service.api.app import create_app
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.tracing import opened_traces
from ecg_service.bootstrap.tracing.requests import RequestTraces
from ecg_service.domain.traces import Span, TraceContext, Traces
from ecg_service.settings import (
    BadSettings,
    InsightSettings,
    Settings,
    StoreSettings,
    TraceSettings,
)
from tests.api.doors import ANN, PASSWORD, client, dumps, ecg, lead, post

HERE = StoreSettings(database_url="memory://")
LATER = InsightSettings(cheap_insight_percent=0)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0bb902b7-01"
UNTRACED = PARENT[:-1] + "0"


@dataclass
class Traced:
    """A user of a service, and the spans that it records."""

    user: httpx.AsyncClient
    spans: list[Span] = field(default_factory=list[Span])

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def trace_ids(self) -> set[int]:
        return {span.context.trace_id for span in self.spans}

    async def ask(self, *parents: str) -> None:
        for parent in parents:
            await self.user.get("/health/live", headers={"traceparent": parent} if parent else {})


@asynccontextmanager
async def traced(**given: Any) -> AsyncGenerator[Traced]:
    spans, trace = list[Span](), TraceSettings(**given)
    traces = Traces(spans.append, 100)
    settings = Settings(store=HERE, insights=LATER, trace=trace)
    async with running_services(settings, None, traces) as services:
        await services.users.register(ANN, PASSWORD)
        requests = RequestTraces(traces, trace)
        told = replace(services, observers=(requests.observe,), begin=requests.begin)
        yield Traced(client(create_app(told), ANN), spans)


async def test_whoever_comes_with_a_trace_says_whether_it_is_recorded() -> None:
    async with traced() as it:
        await it.ask(UNTRACED, PARENT, UNTRACED)
        [span] = it.named("GET /health/live")
    [parent] = span.causes
    assert parent.traceparent == PARENT
    assert span.context.trace_id == parent.trace_id


@pytest.mark.parametrize("hostile", [PARENT.upper(), PARENT + "-1", "0" * 5000, "a\x1b[31m"])
async def test_a_trace_out_of_form_is_none(hostile: str) -> None:
    async with traced() as it:
        await it.ask(hostile)
        [span] = it.named("GET /health/live")
    assert span.causes == ()


async def test_of_those_that_come_without_a_trace_a_share_is_traced() -> None:
    async with traced(trace_percent=0) as it:
        await it.ask("", PARENT, "")
        assert it.trace_ids() == {int(TRACE, 16)}
    async with traced(trace_percent=50, trace_requests=1000) as it:
        await it.ask(*[""] * 200)
        assert 50 < len(it.trace_ids()) < 150


async def test_no_more_are_traced_than_may_be() -> None:
    async with traced(trace_requests=0) as it:
        await it.ask(PARENT, "")
        await post(it.user)
        assert it.spans == []
    async with traced(trace_requests=3) as it:
        await asyncio.gather(*(it.ask(PARENT) for _ in range(20)))
        assert 3 <= len(it.spans) < 20


async def test_requests_that_share_a_batch_are_linked_with_it_and_it_with_them() -> None:
    async with traced() as it:
        await asyncio.gather(*(post(it.user) for _ in range(5)))
        while len(it.named("store")) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0)
        shared = {link for span in it.named("store") for link in span.causes[1:]}
        batches = it.named("ingest batch")
        assert shared == {batch.context for batch in batches}
        causes = [cause for batch in batches for cause in batch.causes]
        assert sorted(causes, key=repr) == sorted(
            (span.context for span in it.named("POST /ecg")), key=repr
        )
        for batch in batches:
            assert batch.context.trace_id == batch.causes[0].trace_id
            assert batch.facts == {
                "ecg.count": len(batch.causes),
                "ecg.requests": len(batch.causes),
            }


@pytest.mark.parametrize("query", ["", "?atomic=true"])
async def test_a_batch_of_a_client_is_in_the_trace_of_its_request(query: str) -> None:
    lines = b"\n".join(dumps(ecg(lead("I", 1, -1))) for _ in range(3))
    async with traced() as it:
        headers = {"Content-Type": "application/x-ndjson", "traceparent": PARENT}
        answer = await it.user.post(f"/ecg/batch{query}", content=lines, headers=headers)
        assert answer.json()["accepted"] == 3
        [request], [stored] = it.named("POST /ecg/batch"), it.named("ingest batch")
    assert stored.causes == (request.context,)
    assert request.facts["ecg.samples"] == 6


async def test_a_trace_without_an_ecg_that_was_stored_says_that_it_failed() -> None:
    async with traced() as it:
        answer = await it.user.post("/ecg", json=ecg(lead("I", 1)) | {"id": ""})
        assert answer.status_code == 422
        [request] = it.named("POST /ecg")
    assert (request.facts["http.response.status_code"], request.failed) == (422, False)


def test_of_too_many_ecgs_that_wait_the_oldest_lose_their_trace() -> None:
    spans = list[Span]()
    traces, context = Traces(spans.append, 2), TraceContext(1, 2)
    traces.follow(range(3), context)
    for number in range(3):
        with traces.going_on("work", "consumer", [number]):
            pass
    assert [span.causes for span in spans] == [(context,), (context,)]


async def test_a_setting_without_its_libraries_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ecg_service.adapters.otel", None)
    with pytest.raises(BadSettings, match=r"ECG_TRACES: needs the extra `otel`: .*\[otel\]"):
        async with opened_traces(TraceSettings(traces="otlp")):
            pass
