"""The same requests through the applications themselves: no socket, no other process, one core."""

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop
from litestar.types import ASGIApp

from benchmarks.service.load.wrk import Request
from benchmarks.service.rounds import Case, Found, Measured, cases_of
from benchmarks.service.rows import AUDITED, COUNTED, EMPTY, JSON, SERVICE, Comparison, Host
from benchmarks.service.servers.apps import empty
from benchmarks.service.servers.processes import pinned
from benchmarks.service.servers.running import ADMIN, AUTHORIZATION, USER
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body
from ecg_service.api.app import create_app
from ecg_service.bootstrap.metrics.requests import Requests
from ecg_service.bootstrap.process import tune
from ecg_service.bootstrap.service import running_services
from ecg_service.settings import (
    AdminSettings,
    AuditSettings,
    InsightSettings,
    Settings,
    StoreSettings,
)

SHORTEST = 0.01
"""Requests are repeated until a measurement is about as long, in seconds of the processor."""
AT_INGEST = 100_000
"""In percent of reading: every insight is cheap enough, so none is done later, in another's time."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def measure_in_process(comparisons: Sequence[Comparison], rounds: int) -> Found:
    """Return for each case its least time of the processor."""
    with pinned({max(os.sched_getaffinity(0))}):
        return uvloop.run(_measure(cases_of(comparisons), rounds))


async def _measure(cases: Sequence[Case], rounds: int) -> Found:
    least: dict[Case, float] = dict.fromkeys(cases, float("inf"))
    async with _apps() as apps:
        tune()
        ids = {
            (host, size): await _store(apps[host], body(of))
            for host in (SERVICE, AUDITED)
            for size, of in SIZES.items()
        }
        asked = {
            case: case[0].request(case[1], ids.get((case[0].host, case[1]), "")) for case in cases
        }
        times = {case: await _times(apps[case[0].host], asked[case]) for case in cases}
        for _ in range(rounds):
            for case in cases:
                taken = await seconds_of(apps[case[0].host], asked[case], times[case])
                least[case] = min(least[case], taken / times[case] / asked[case].items)
    return {case: [Measured(1 / seconds, 1e6 * seconds)] for case, seconds in least.items()}


@asynccontextmanager
async def _apps() -> AsyncGenerator[Mapping[Host, ASGIApp]]:
    with folder() as place:
        settings = Settings(
            store=StoreSettings(f"sqlite:///{place / 'ecg.db'}"),
            admin=AdminSettings(ADMIN[0], ADMIN[1]),
            insights=InsightSettings(cheap_insight_percent=AT_INGEST),
        )
        audited = replace(
            settings,
            store=StoreSettings(f"sqlite:///{place / 'audited.db'}"),
            auditing=AuditSettings("on"),
        )
        async with running_services(settings) as services, running_services(audited) as others:
            for each in (services, others):
                await each.users.register(*USER)
            yield {
                EMPTY: empty(settings.edge.max_body_bytes),
                SERVICE: create_app(services),
                AUDITED: create_app(others),
                COUNTED: create_app(replace(services, observers=(Requests().observe,))),
            }


async def _store(app: ASGIApp, content: bytes) -> str:
    answer = await ask(app, Request(body=content, headers={"Content-Type": JSON}))
    return json.loads(answer.body)["ecg_id"]


async def _times(app: ASGIApp, request: Request) -> int:
    """Warm an application up, and say how often to ask it in one measurement."""
    least = min([await seconds_of(app, request, request.connections) for _ in range(3)])
    return request.connections * max(1, round(SHORTEST / least))


async def seconds_of(app: ASGIApp, request: Request, times: int) -> float:
    """Return what all threads take for so many requests, as many at once as there are clients."""

    async def client() -> None:
        for _ in range(times // request.connections):
            await ask(app, request)

    start = time.process_time()
    await asyncio.gather(*(client() for _ in range(request.connections)))
    return time.process_time() - start


async def ask(app: ASGIApp, request: Request) -> Answer:
    """Send a request; raises if the answer is not a success."""
    content, parts = request.body or b"", list[Mapping[str, Any]]()
    coming = iter([{"type": "http.request", "body": content, "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Mapping[str, Any]) -> None:
        parts.append(message)

    await cast("Any", app)(_scope(request, len(content)), receive, send)
    answer = Answer(parts[0]["status"], b"".join(part.get("body", b"") for part in parts[1:]))
    if answer.status >= HTTPStatus.BAD_REQUEST:
        msg = f"{request.path}: {answer.status} {answer.body!r}"
        raise RuntimeError(msg)
    return answer


def _scope(request: Request, length: int) -> Mapping[str, Any]:
    url = urlsplit(request.path)
    headers = {"Host": "ecg", "Authorization": AUTHORIZATION, **request.headers}
    if request.body is not None:
        headers["Content-Length"] = str(length)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET" if request.body is None else "POST",
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
