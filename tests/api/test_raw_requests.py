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

from tests.api import smuggling
from tests.api.conftest import settings
from tests.api.doors import ANN, PASSWORD, Service, all_ecgs, basic, post
from tests.api.doors import serving as running
from tests.api.raw_requests import ECG, TABLE, Verdict
from tests.e2e.service import Wire
from tests.server import PATIENT, Door, serving

LAST = b"GET /health/live HTTP/1.1\r\nHost: ecg\r\nConnection: close\r\n\r\n"
REQUESTS = TABLE | smuggling.TABLE
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


@pytest.mark.parametrize("name", REQUESTS)
async def test_every_request_has_its_verdict(wired: tuple[Service, Door], name: str) -> None:
    """Also byte by byte; and exactly what is answered by 201 is stored."""
    data, expected = REQUESTS[name]
    service, door = wired
    before = len(await all_ecgs(service.client(ANN)))
    steps = [len(data + LAST), 1] if len(data) < SMALL else [len(data + LAST)]
    for step in steps:
        assert await statuses(door, data + LAST, step) == expected
    stored = len(await all_ecgs(service.client(ANN))) - before
    assert stored == expected.count(201) * len(steps)


INJECTIONS = (
    b"GET /users/me%0d%0aEvil:%20x HTTP/1.1",
    b"GET /ecg?page_token=%0d%0aEvil:%20x HTTP/1.1",
    b"GET /ecg/?page_size=1&from=2000-01-01T00:00:00Z%0d%0aEvil:%20x HTTP/1.1",
    b"GET /problems/%0d%0aEvil:%20x HTTP/1.1",
    b"GET /docs/%0d%0aEvil:%20x HTTP/1.1",
    b"GET //evil.example/%2e%2e HTTP/1.1",
    b"OPTIONS /ecg/%0d%0aEvil:%20x HTTP/1.1",
    b"GET /ecg/x%E5%98%8A%E5%98%8DEvil:%20x HTTP/1.1",  # cut to bytes, these are CR and LF
)
ECHOED = (
    b"X-Request-Id: a%0d%0aEvil: x",
    b"X-Request-Id: a Evil: x",
    b"X-Request-Id: \xe5\x98\x8a\xe5\x98\x8dEvil: x",
    b"traceparent: 00-%0d%0aEvil-x",
    b"Origin: https://evil.example",
    b"Prefer: wait=1%0d%0aEvil: x",
    b"Accept: application/evil",
    b"Idempotency-Key: %0d%0aEvil",
    b'If-None-Match: "Evil"',
    b"X-Forwarded-Host: evil.example",
    b"Forwarded: host=evil.example;proto=https",
    b"X-Original-URL: /evil",
    b"X-Rewrite-URL: /evil",
    b"Host: evil.example",
)


@pytest.mark.parametrize(
    ("first", "field"),
    [*((one, b"Host: ecg") for one in INJECTIONS)]
    + [(b"GET /ecg?page_size=1 HTTP/1.1", one) for one in ECHOED]
    + [(b"POST /ecg HTTP/1.1", one) for one in ECHOED],
    ids=repr,
)
async def test_nothing_of_a_request_gets_into_the_head_of_its_answer(
    wired: tuple[Service, Door], first: bytes, field: bytes
) -> None:
    """Each head that comes back is one of those that the routes have, and knows no word of the attacker."""
    service, door = wired
    for _ in range(2):  # so that there is a next page, to which a link leads
        await post(service.client(ANN))
    body = b"" if first.startswith((b"GET", b"OPTIONS")) else ECG
    given = [] if field.startswith(b"Host") else [b"Host: ecg"]
    length = [b"Content-Type: application/json", b"Content-Length: %d" % len(body)] if body else []
    signed = f"Authorization: {basic(f'{ANN}:{PASSWORD}')}".encode()
    head = b"\r\n".join([first, *given, field, signed, *length, b"Connection: close", b"", b""])
    async with door.wire() as wire:
        await wire.send(head + body)
        found = await wire.rest()
    answered, _, _ = found.partition(b"\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 ")
    assert b"evil" not in answered.lower()
    assert found.count(b"HTTP/1.1 ") == 1
