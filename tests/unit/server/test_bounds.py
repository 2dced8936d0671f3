"""Heads, trailers and chunk extensions without end are refused before they take memory."""

from dataclasses import replace

import pytest

from tests.e2e.service import Answer, Wire, head_of, problem
from tests.server import PATIENT
from tests.unit.server.small import served

FIRST = b"GET / HTTP/1.1\r\nHost: ecg\r\n"
CHUNKS = head_of(transfer_encoding="chunked")
PIECE = b"x" * 10_000
MOST = 700_000
"""Bytes that a connection takes at most, those in the buffers of the sockets included."""

ENDLESS = {
    "URL": (b"GET /", PIECE, 414),
    "value": (FIRST + b"X: ", PIECE, 431),
    "name": (FIRST, PIECE, 431),
    "fields": (FIRST, b"X: y\r\n" * 1000, 431),
    "empty lines": (b"", b"\r\n" * 5000, 431),
    "trailer": (CHUNKS + b"0\r\nX: ", PIECE, 431),
    "trailers": (CHUNKS + b"0\r\n", b"X: y\r\n" * 1000, 431),
    "chunk extension": (CHUNKS + b"5;x=", PIECE, 431),
    "behind an answer": (FIRST + b"\r\n" + FIRST + b"X: ", PIECE, 431),
}
SLUGS = {414: "uri-too-long", 431: "request-header-fields-too-large"}


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_has_no_end_is_refused(name: str) -> None:
    """The client looks for an answer only when it can send no more, or has sent too much."""
    first, piece, status = ENDLESS[name]
    async with served() as (_, door), door.wire() as wire:
        await wire.send(first)
        answer = await refused(wire, piece)
        if answer.status == 200:
            answer = await wire.answer()
        problem(answer, status, SLUGS[status])
        assert answer.headers["connection"] == "close"


async def test_heads_are_as_large_as_the_settings_say() -> None:
    limits = replace(PATIENT, max_head_bytes=1000, max_head_fields=4)
    heads = {200: b"X: y\r\n" * 3, 431: b"X: y\r\n" * 4, 414: b""}
    async with served(limits) as (_, door):
        for status, fields in heads.items():
            first = FIRST.replace(b"/ ", b"/%b " % (b"x" * 980)) if status == 414 else FIRST
            async with door.wire() as wire:
                await wire.send(first, fields, b"\r\n")
                assert (await wire.answer()).status == status
        async with door.wire() as wire:
            await wire.send(FIRST, b"X: " + b"y" * 980, b"\r\n\r\n")
            problem(await wire.answer(), 431, SLUGS[431])


async def refused(wire: Wire, piece: bytes) -> Answer:
    for _ in range(MOST // len(piece)):
        await wire.send(piece)
    return await wire.answer()


async def test_trailers_without_end_behind_an_early_answer_end_the_connection() -> None:
    limits = replace(PATIENT, linger_seconds=0.1)
    async with served(limits) as (_, door), door.wire() as wire:
        await wire.send(head_of("POST", "/early", transfer_encoding="chunked"), b"0\r\nX: ")
        assert (await wire.answer()).status == 200
        with pytest.raises(ConnectionError):
            await send_for_ever(wire, PIECE * 10)


async def send_for_ever(wire: Wire, piece: bytes) -> None:
    while True:
        await wire.send(piece)
