"""Bodies that are slow, broken off or too large."""

import asyncio
from contextlib import AsyncExitStack, suppress
from itertools import product
from pathlib import Path

import pytest

from ecg_service.services.in_flight import MEMORY_PER_BYTE
from tests.e2e.service import (
    JSON_TYPE,
    PATIENCE,
    SMALL,
    Service,
    Wire,
    chunked,
    head_of,
    is_healthy_with,
    post_of,
    problem,
    running,
    until,
)

LIMIT = 300_000
CHUNKED = {"transfer_encoding": "chunked"}


SLOW = {
    "head only": head_of(content_length=len(SMALL)),
    "half a body": post_of()[:-10],
    "all but a byte": post_of()[:-1],
    "no end of chunks": head_of(**CHUNKED) + b"2c\r\n" + SMALL + b"\r\n",
    "half a chunk": head_of(**CHUNKED) + b"2c\r\n" + SMALL[:9],
}


async def test_a_body_that_does_not_come_in_time_is_408_and_ends_the_connection(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, max_body_seconds=0.3) as service, AsyncExitStack() as stack:
        await service.register()
        wires = {name: await stack.enter_async_context(service.wire()) for name in SLOW}
        for name, wire in wires.items():
            await wire.send(SLOW[name])
        for name, wire in wires.items():
            answer = await wire.answer()
            problem(answer, 408, "request-timeout")
            assert (name, answer.headers["connection"]) == (name, "close")
            assert await wire.rest() == b""
        await is_healthy_with(service, 0)


async def test_a_body_that_trickles_is_given_up_too(tmp_path: Path) -> None:
    async with running(tmp_path, max_body_seconds=0.3) as service, service.wire() as wire:
        await service.register()
        await wire.send(head_of(content_length=10**6))
        answer = asyncio.create_task(wire.answer())
        with suppress(OSError):
            while not answer.done():
                await wire.send(b" ")
                await asyncio.sleep(0.01)
        problem(await answer, 408, "request-timeout")
        await is_healthy_with(service, 0)


async def test_connections_dropped_anywhere_store_nothing_and_leave_no_room_taken(
    tmp_path: Path,
) -> None:
    """Ann may hold four bodies, so a fifth is taken only if the dropped ones gave their room back."""
    data = post_of(SMALL + b" " * (LIMIT - len(SMALL)))
    head = data.index(b"\r\n\r\n") + 4
    ends = [1, head // 2, head - 1, head, head + 1, head + 50, len(data) // 2, len(data) - 1]
    async with running(tmp_path, max_bytes_in_flight=8 * LIMIT * MEMORY_PER_BYTE) as service:
        await service.register()
        for end in ends * 3:
            async with service.wire() as wire:
                await wire.send(data[:end])
                wire.cut()
        async with AsyncExitStack() as stack:
            await until(lambda: has_room_for_four(service))
            wire = await stack.enter_async_context(service.wire())
            await wire.send(data)
            assert (await wire.answer()).status == 201
        await is_healthy_with(service, 1)


async def has_room_for_four(service: Service) -> bool:
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(service.wire()) for _ in range(4)]
        for wire in wires:
            await wire.send(head_of(content_length=LIMIT, expect="100-continue"))
        statuses = {(await wire.answer()).status for wire in wires}
        assert statuses <= {100, 503}
        return statuses == {100}


def too_large(size: int, *, announced: bool) -> bytes:
    """Write a request whose body is too large."""
    body = SMALL + b" " * (size - len(SMALL))
    parts = [body[start : start + LIMIT // 5] for start in range(0, size, LIMIT // 5)]
    return post_of(body) if announced else head_of(**CHUNKED) + chunked(*parts)


async def test_a_body_too_large_is_413_also_for_one_who_sends_all_of_it_first(
    tmp_path: Path,
) -> None:
    """And at once: the deadline of the body, here beyond all patience, is not waited for."""
    settings = {"max_body_bytes": LIMIT, "max_body_seconds": PATIENCE * 10}
    async with running(tmp_path, **settings) as service:
        await service.register()
        for size, announced in product((LIMIT + 1, LIMIT * 2), (True, False)):
            async with service.wire() as wire:
                await wire.send(too_large(size, announced=announced))  # and only then look
                answer = await wire.answer()
                problem(answer, 413, "request-entity-too-large")
                assert answer.headers["connection"] == "close"
        await is_healthy_with(service, 0)


async def test_an_ordinary_client_sees_413_for_a_body_too_large(tmp_path: Path) -> None:
    content = b" " * (2 * LIMIT)
    async with running(tmp_path, max_body_bytes=LIMIT) as service, service.client() as user:
        await service.register()
        answers = [await user.post("/ecg", content=content, headers=JSON_TYPE) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [413, 413, 413]


async def test_a_body_without_end_is_cut_off(tmp_path: Path) -> None:
    settings = {"max_body_bytes": LIMIT, "max_body_seconds": PATIENCE * 10}
    async with running(tmp_path, **settings) as service, service.wire() as wire:
        await service.register()
        with pytest.raises(ConnectionError):
            await send_for_long(wire, chunked(b" " * LIMIT).removesuffix(b"0\r\n\r\n"))
        await is_healthy_with(service, 0)


async def send_for_long(wire: Wire, chunk: bytes) -> None:
    """Send 60 MB of one body, far more than may be kept or lie in the buffers of sockets."""
    async with asyncio.timeout(PATIENCE):
        await wire.send(head_of(**CHUNKED))
        for _ in range(200):
            await wire.send(chunk)


async def test_a_body_of_just_the_limit_is_taken_either_way(tmp_path: Path) -> None:
    body = SMALL + b" " * (LIMIT - len(SMALL))
    async with running(tmp_path, max_body_bytes=LIMIT) as service, service.wire() as wire:
        await service.register()
        for data in (post_of(body), head_of(**CHUNKED) + chunked(body[:7], body[7:])):
            await wire.send(data)
            assert (await wire.answer()).status == 201
        await is_healthy_with(service, 2)


async def test_a_body_too_large_is_not_even_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path, max_body_bytes=LIMIT) as service, service.wire() as wire:
        await service.register()
        await wire.send(head_of(content_length=LIMIT + 1, expect="100-continue"))
        problem(await wire.answer(), 413, "request-entity-too-large")
        assert await wire.rest() == b""
