"""Connections as they come: in a hurry, in pieces, lying, and not even HTTP."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

from tests.e2e.service import (
    SMALL,
    USER,
    Answer,
    Service,
    Wire,
    basic,
    chunked,
    head_of,
    is_healthy_with,
    post_of,
    problem,
    running,
)

CHUNKED = {"transfer_encoding": "chunked"}
WRONG = 40


async def test_pipelined_requests_are_answered_in_order_and_the_connection_is_kept(
    tmp_path: Path,
) -> None:
    bodies = [b'{"leads":[{"name":"%d","signal":[1,-1]}]}' % n for n in range(20)]
    async with running(tmp_path) as service, service.wire() as wire:
        await service.register()
        for _ in range(2):
            missing = head_of("GET", "/nowhere")
            chunks = head_of(**CHUNKED) + chunked(SMALL[:1], SMALL[1:])
            await wire.send(*(post_of(body) + missing for body in bodies), chunks)
            answers = [await wire.answer() for _ in range(2 * len(bodies) + 1)]
            assert [answer.status for answer in answers] == [201, 404] * len(bodies) + [201]
            names = [await name_of(service, answer) for answer in answers[::2]]
            assert names == [*map(str, range(20)), "I"]
        await is_healthy_with(service, 2 * len(bodies) + 2)


async def name_of(service: Service, answer: Answer) -> str:
    async with service.client() as user:
        key = json.loads(answer.body)["ecg_id"]
        return (await user.get(f"/ecg/{key}")).json()["leads"][0]["name"]


async def test_requests_may_come_in_any_pieces(tmp_path: Path) -> None:
    data = post_of() + head_of(**CHUNKED) + chunked(SMALL) + head_of("GET", "/health/live")
    async with running(tmp_path) as service, service.wire() as wire:
        await service.register()
        for byte in data:
            await wire.send(bytes([byte]))
            await asyncio.sleep(0)
        assert [(await wire.answer()).status for _ in range(3)] == [201, 201, 200]
        await is_healthy_with(service, 2)


async def test_a_length_too_short_makes_a_broken_body_and_never_a_second_request(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as service, service.wire() as wire:
        await service.register()
        await wire.send(head_of(content_length=len(SMALL) - 4), SMALL, head_of("GET", "/ecg"))
        assert (await wire.answer()).status == 400
        await is_healthy_with(service, 0)


async def test_a_length_too_long_makes_the_next_request_part_of_the_body(tmp_path: Path) -> None:
    smuggled = post_of()
    async with running(tmp_path) as service, service.wire() as wire:
        await service.register()
        await wire.send(head_of(content_length=len(SMALL + smuggled)), SMALL, smuggled)
        problem(await wire.answer(), 400, "malformed-body")
        await wire.send(head_of("GET", "/health/live"))
        assert (await wire.answer()).status == 200
        await is_healthy_with(service, 0)


LIES = {
    "two lengths": {"content_length": f"{len(SMALL)}\r\ncontent-length: 3"},
    "length and chunks": {"content_length": len(SMALL), "transfer_encoding": "chunked"},
    "negative": {"content_length": -1},
    "signed": {"content_length": f"+{len(SMALL)}"},
    "not a number": {"content_length": "many"},
    "list": {"content_length": f"{len(SMALL)}, {len(SMALL)}"},
    "beyond 64 bits": {"content_length": 2**64 + len(SMALL)},
    "chunks not last": {"transfer_encoding": "chunked, identity"},
}


async def test_lengths_that_make_no_sense_are_400_and_end_the_connection(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        for name, headers in LIES.items():
            async with service.wire() as wire:
                await wire.send(head_of(**headers), SMALL)
                answer = await wire.answer()
                assert (name, answer.status) == (name, 400)
                assert answer.headers["connection"] == "close"
        await is_healthy_with(service, 0)


async def test_a_thousand_requests_verify_the_password_once(tmp_path: Path) -> None:
    """Wrong passwords fill the only place in the only queue; who is known does not wait there."""
    async with running(tmp_path, password_threads=1, password_queue=1) as service:
        await service.register()
        async with AsyncExitStack() as stack:
            wires = [await stack.enter_async_context(service.wire()) for _ in range(10)]
            for wire in wires:
                await wire.send(head_of("GET", "/users/me") * 5)
            assert await statuses_of(wires, 5) == {200}
            guesses = [await stack.enter_async_context(service.wire()) for _ in range(WRONG)]
            for n, guess in enumerate(guesses):
                await guess.send(head_of("GET", "/users/me", authorization=basic(USER, f"no {n}")))
            for wire in wires:
                await wire.send(head_of("GET", "/users/me") * 100)
            assert await statuses_of(wires, 100) == {200}
            assert await statuses_of(guesses, 1) == {401, 503}


async def statuses_of(wires: list[Wire], count: int) -> set[int]:
    return {(await wire.answer()).status for wire in wires for _ in range(count)}


async def test_the_answer_to_head_is_that_to_get_without_the_body(tmp_path: Path) -> None:
    async with running(tmp_path) as service, service.wire() as wire:
        await service.register()
        await wire.send(post_of())
        path = (await wire.answer()).headers["location"]
        for target, status in {path: 200, "/ecg": 200, "/users": 403, "/nowhere": 404}.items():
            await wire.send(head_of("HEAD", target), head_of("GET", target))
            head, full = await wire.answer(to_head=True), await wire.answer()
            assert (head.status, full.status) == (status, status)
            assert without_date(head) == without_date(full)
            assert full.body
        await wire.send(head_of("HEAD", path, connection="close"))
        assert (await wire.answer(to_head=True)).status == 200
        assert await wire.rest() == b""


def without_date(answer: Answer) -> dict[str, str]:
    its_own = {"date", "x-request-id"}
    return {name: value for name, value in answer.headers.items() if name not in its_own}


MALFORMED = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "space in a header": head_of("GET").removesuffix(b"\r\n") + b"X-A : b\r\n\r\n",
    "bad chunk": head_of(transfer_encoding="chunked") + b"zz\r\n",
}


async def test_what_is_no_http_is_refused_and_the_connection_closed(tmp_path: Path) -> None:
    answers: dict[str, bytes] = {}
    async with running(tmp_path) as service:
        await service.register()
        for name, data in MALFORMED.items():
            async with service.wire() as wire:
                await wire.send(data)
                answers[name] = (await wire.rest())[:12]
        await is_healthy_with(service, 0)
    assert answers == dict.fromkeys(MALFORMED, b"HTTP/1.1 400")
