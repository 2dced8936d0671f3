"""Answers: in order, also those below the application, and bounded while nobody reads them."""

import asyncio
import json
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.e2e.service import head_of, problem, until
from tests.server import PATIENT, Door
from tests.unit.server.small import served

LARGE = 20_000_000
"""Bytes, more than the buffers of a connection's sockets take."""

POST = head_of(content_length=5) + b"12345"
HANG = head_of("GET", "/hang")


@contextmanager
def unread(door: Door) -> Generator[socket.socket]:
    """Ask for a large answer and do not read it."""
    with socket.create_connection(("127.0.0.1", door.port)) as client:
        client.sendall(head_of("GET", f"/large?{LARGE}"))
        yield client


async def large(door: Door) -> int:
    async with door.wire() as wire:
        await wire.send(head_of("GET", f"/large?{LARGE}"))
        answer = await wire.answer()
        if answer.status == 503:
            problem(answer, 503, "overloaded")
            assert int(answer.headers["retry-after"]) > 0
        return answer.status


async def test_answers_that_nobody_reads_are_bounded_in_bytes_and_given_up() -> None:
    limits = replace(PATIENT, max_unsent_bytes=LARGE, answer_seconds=1)
    async with served(limits) as (app, door):
        with unread(door) as client:
            await until(lambda: app.has_seen(1))
            assert await large(door) == 503
            async with door.wire() as wire:  # a small answer needs no room
                await wire.send(POST)
                assert (await wire.answer()).status == 200
            await until(lambda: is_taken(door))
            client.setblocking(False)  # noqa: FBT003 - its only parameter
            reader, writer = await asyncio.open_connection(sock=client)
            assert len(await reader.read()) < LARGE
            writer.close()


async def test_an_answer_counts_whole_until_its_last_byte_is_sent() -> None:
    """The sockets take some of it, but all of it is kept."""
    async with served(replace(PATIENT, max_unsent_bytes=2 * LARGE - 1)) as (app, door):
        with unread(door):
            await until(lambda: app.has_seen(1))
            assert await large(door) == 503
        await until(lambda: is_taken(door))


async def is_taken(door: Door) -> bool:
    return await large(door) == 200


async def test_a_bad_request_is_answered_behind_the_good_one_before_it() -> None:
    async with served() as (app, door), door.wire() as wire:
        await wire.send(HANG, b"\0garbage")
        async with door.wire() as other:
            await other.send(POST)
            assert (await other.answer()).status == 200
        app.go.set()
        assert (await wire.answer()).status == 200
        answer = await wire.answer()
        problem(answer, 400, "bad-request")
        assert answer.headers["connection"] == "close"
        assert await wire.rest() == b""


async def test_a_large_body_behind_an_early_answer_is_dropped_and_the_connection_kept() -> None:
    async with served() as (app, door), door.wire() as wire:
        await wire.send(head_of("POST", "/early", content_length=5_000_000), bytes(1_000_000))
        assert (await wire.answer()).status == 200
        await wire.send(bytes(4_000_000), POST)
        assert (await wire.answer()).body == b"5"
        assert app.seen == ["/early", "/ecg"]


async def test_a_client_that_has_stopped_sending_gets_its_answers() -> None:
    async with served() as (app, door), door.wire() as wire:
        await wire.send(HANG, POST)
        wire.writer.write_eof()
        async with door.wire() as other:
            await other.send(POST)
            assert (await other.answer()).status == 200
        app.go.set()
        assert [(await wire.answer()).status for _ in range(2)] == [200, 200]
        assert await wire.rest() == b""


async def test_a_fault_of_the_application_is_a_problem_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with served() as (_, door), door.wire() as wire:
        await wire.send(head_of("GET", "/raise"))
        problem(await wire.answer(), 500, "internal-error")
        assert "of the application" in caplog.text


async def test_a_refusal_leaves_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as (_, door), door.wire() as wire:
        caplog.clear()  # of the start, which others may have asked to log
        await wire.send(b"garbage\r\n\r\n")
        answer = await wire.answer()
        assert set(json.loads(answer.body)) == {"type", "title", "status", "detail"}
        assert answer.headers["cache-control"] == "no-store"
        assert await wire.rest() == b""
        assert not caplog.records


async def test_what_is_still_arriving_when_the_service_stops_is_503() -> None:
    async with served() as (app, door), door.wire() as half, door.wire() as whole:
        await half.send(head_of(content_length=10), b"12345")
        await whole.send(HANG)
        await until(lambda: app.has_seen(2))
        door.stop.set()
        answer = await half.answer()
        problem(answer, 503, "stopping")
        assert int(answer.headers["retry-after"]) > 0
        app.go.set()
        assert (await whole.answer()).status == 200
        assert "disconnect" in app.seen
