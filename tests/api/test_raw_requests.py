"""Requests byte by byte: what is no HTTP/1.1, what is ambiguous, and what only looks strange.

Each is followed by a request for `/health/live` that closes: it is answered last, by 200, unless
the connection was closed before, or what came first has swallowed it.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.api.conftest import settings
from tests.api.doors import ANN, Service, all_ecgs
from tests.api.doors import serving as running
from tests.api.raw_requests import TABLE, Verdict
from tests.e2e.service import Wire
from tests.server import PATIENT, Door, serving

LAST = b"GET /health/live HTTP/1.1\r\nHost: ecg\r\nConnection: close\r\n\r\n"
SMALL = 2000
"""Bytes of a request that is also sent byte by byte."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wired(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Service, Door]]:
    configured = replace(settings("memory", tmp_path_factory.mktemp("raw")), connections=PATIENT)
    async with running(configured) as service, serving(service.app, configured) as door:
        yield service, door


async def send(wire: Wire, data: bytes, step: int) -> None:
    with suppress(ConnectionError):  # who has answered and closed reads no more
        for start in range(0, len(data), step):
            await wire.send(data[start : start + step])
            await asyncio.sleep(0)


async def statuses(door: Door, data: bytes, step: int) -> Verdict:
    """Send in pieces of this many bytes; return the status of each answer until the end."""
    async with door.wire() as wire:
        sending = asyncio.create_task(send(wire, data, step))
        found = await wire.rest()
        await sending
    assert b"text/plain" not in found
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", found)]


@pytest.mark.parametrize("name", TABLE)
async def test_every_request_has_its_verdict(wired: tuple[Service, Door], name: str) -> None:
    """Also byte by byte; and exactly what is answered by 201 is stored."""
    data, expected = TABLE[name]
    service, door = wired
    before = len(await all_ecgs(service.client(ANN)))
    steps = [len(data + LAST), 1] if len(data) < SMALL else [len(data + LAST)]
    for step in steps:
        assert await statuses(door, data + LAST, step) == expected
    stored = len(await all_ecgs(service.client(ANN))) - before
    assert stored == expected.count(201) * len(steps)
