"""Everything a client must do has a deadline; a test waits for the end and never for a time."""

import asyncio
from dataclasses import replace

import pytest

from tests.e2e.service import Wire, head_of, problem
from tests.server import LONG, PATIENT
from tests.unit.server.small import served

SHORT = 0.1
HALF_HEAD, HEAD = b"GET / HTTP/1.1\r\nHost:", head_of("GET", "/")
HALF_BODY = head_of(content_length=10) + b"12345"


async def is_408(wire: Wire) -> None:
    answer = await wire.answer()
    problem(answer, 408, "request-timeout")
    assert answer.headers["connection"] == "close"
    assert await wire.rest() == b""


async def test_a_connection_on_which_nothing_is_asked_is_closed() -> None:
    async with served(replace(PATIENT, first_byte_seconds=SHORT)) as (_, door), door.wire() as wire:
        assert await wire.rest() == b""


@pytest.mark.parametrize("before", [b"", HEAD], ids=["first", "second"])
async def test_a_head_that_does_not_come_is_408(before: bytes) -> None:
    async with served(replace(PATIENT, head_seconds=SHORT)) as (_, door), door.wire() as wire:
        await wire.send(before, HALF_HEAD)
        if before:
            assert (await wire.answer()).status == 200
        await is_408(wire)


async def test_a_head_that_trickles_is_408_too() -> None:
    async with served(replace(PATIENT, head_seconds=SHORT)) as (_, door), door.wire() as wire:
        await wire.send(b"GET / HTTP/1.1\r\nX: ")
        answer = asyncio.create_task(is_408(wire))
        while not answer.done():
            await wire.send(b"y")
            await asyncio.sleep(0.01)
        await answer


async def test_an_idle_connection_is_closed_after_its_answer() -> None:
    async with served(replace(PATIENT, keep_alive_seconds=SHORT)) as (_, door), door.wire() as wire:
        await wire.send(HEAD)
        assert (await wire.answer()).status == 200
        assert await wire.rest() == b""


@pytest.mark.parametrize(("grace", "most"), [(SHORT, LONG), (LONG, SHORT)])
async def test_a_body_that_does_not_come_is_408_and_the_application_is_told(
    grace: float, most: float
) -> None:
    limits = replace(PATIENT, body_grace_seconds=grace)
    async with served(limits, max_body_seconds=most) as (app, door), door.wire() as wire:
        await wire.send(HALF_BODY)
        await is_408(wire)
        assert app.seen == ["/ecg", "disconnect"]


async def test_a_body_earns_time_by_its_bytes() -> None:
    """The slow one has sent enough for an hour, the other nothing."""
    limits = replace(PATIENT, body_grace_seconds=SHORT, min_body_rate=1)
    async with (
        served(limits) as (_, door),
        door.wire() as slow,
        door.wire() as other,
    ):
        await slow.send(head_of(content_length=4000), b"x" * 3999)
        await other.send(head_of(content_length=4000))
        await is_408(other)
        await slow.send(b"x")
        assert (await slow.answer()).body == b"4000"


async def test_a_body_that_is_answered_early_must_still_come() -> None:
    async with served(PATIENT, max_body_seconds=SHORT) as (_, door), door.wire() as wire:
        await wire.send(head_of("POST", "/early", content_length=10), b"12345")
        assert (await wire.answer()).status == 200
        assert await wire.rest() == b""


async def test_no_deadline_ends_what_the_application_works_on() -> None:
    limits = replace(
        PATIENT,
        head_seconds=SHORT,
        keep_alive_seconds=SHORT,
        body_grace_seconds=SHORT,
        answer_seconds=SHORT,
    )
    async with (
        served(limits, max_body_seconds=SHORT) as (app, door),
        door.wire() as busy,
        door.wire() as other,
    ):
        await busy.send(head_of("GET", "/hang"))
        await other.send(HALF_HEAD)
        await is_408(other)
        app.go.set()
        assert (await busy.answer()).status == 200
