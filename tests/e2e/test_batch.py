"""A batch is answered while it comes, and cut anywhere."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from tests.e2e.service import SMALL, Json, Service, Wire, chunked, head_of, listed, running

NDJSON = "application/x-ndjson"
HEAD = head_of("POST", "/ecg/batch", content_type=NDJSON, transfer_encoding="chunked")


def line(number: int, size: int = 1) -> bytes:
    ecg = {"leads": [{"name": "I", "signal": [number] * size}], "id": str(number)}
    return json.dumps(ecg).encode() + b"\n"


def chunk(*parts: bytes) -> bytes:
    return chunked(b"".join(parts)).removesuffix(b"0\r\n\r\n")


async def answered(wire: Wire, *, until_text: bytes) -> bytes:
    """Read until this has come."""
    async with asyncio.timeout(60):
        return await wire.reader.readuntil(until_text)


async def stored(service: Service) -> set[str]:
    async with service.client() as user:
        return {one["id"] for one in await listed(user)}


async def test_items_are_answered_before_the_body_ends(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        async with service.wire() as wire:
            await wire.send(HEAD, chunk(line(0), line(1)[:9]))
            first = await answered(wire, until_text=b'"index":0,"status":201')
            assert first.startswith(b"HTTP/1.1 200 OK\r\n")
            assert await stored(service) == {"0"}
            await wire.send(chunk(line(1)[9:]))
            await answered(wire, until_text=b'"index":1,"status":201')
            await wire.send(chunk(line(2).rstrip()), b"0\r\n\r\n")
            end = await answered(wire, until_text=b"0\r\n\r\n")
            assert b'],"accepted":3,"rejected":0}' in end
            await wire.send(HEAD, chunked(line(0)))  # the connection goes on
            assert b'"replayed":true' in await answered(wire, until_text=b"0\r\n\r\n")


async def test_a_cut_connection_stores_whole_items_only(tmp_path: Path) -> None:
    body = b"".join(line(n, 50) for n in range(40))
    async with running(tmp_path) as service:
        await service.register()
        for cut in (len(line(0, 50)) * 3 // 2, len(body) // 2, len(body) - 5):
            whole = {str(n) for n in range(body[:cut].count(b"\n"))}
            async with service.wire() as wire:
                await wire.send(HEAD, chunk(body[:cut]))
                await answered(wire, until_text=b'"index":%d,"status"' % (len(whole) - 1))
                wire.cut()
            assert await stored(service) == whole
        assert await service.stop() == 0
    assert "Traceback" not in service.written()
    assert " unexpected " not in service.written()


async def test_a_client_may_read_only_after_it_has_sent_all(tmp_path: Path) -> None:
    count = 10_000
    async with running(tmp_path, answer_seconds=0.5) as service:
        await service.register()
        async with service.wire() as wire:
            await wire.send(HEAD)
            for n in range(0, count, 100):
                await wire.send(chunk(SMALL, b"\n") * 100)
                if n == count // 2:
                    await asyncio.sleep(1)
            await wire.send(b"0\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n0\r\n\r\n"):
                answer += await wire.reader.read(1 << 16)
    assert answer.count(b'"status":201') == count
    assert b'],"accepted":10000,"rejected":0}' in answer


async def test_every_item_has_the_time_of_a_body(tmp_path: Path) -> None:
    async with running(tmp_path, max_body_seconds=1, body_grace_seconds=1) as service:
        await service.register()
        async with service.wire() as wire:
            await wire.send(HEAD)
            for n in range(4):
                await asyncio.sleep(0.5)
                await wire.send(chunk(line(n)))
            await answered(wire, until_text=b'"index":3,"status":201')
            await wire.send(chunk(b" "))
            with suppress(asyncio.IncompleteReadError):  # it is closed
                rest = await answered(wire, until_text=b"never")
                raise AssertionError(rest)


async def test_a_batch_that_is_killed_can_be_repeated(tmp_path: Path) -> None:
    body = b"".join(line(n) for n in range(300))
    async with running(tmp_path) as service:
        await service.register()
        async with service.wire() as wire:
            await wire.send(HEAD, chunk(body))
            await answered(wire, until_text=b'"index":20,"status":201')
            service.process.kill()
    async with running(tmp_path) as service:
        assert {str(n) for n in range(21)} <= await stored(service)
        async with service.client() as user:
            answer = await user.post("/ecg/batch", content=body, headers={"Content-Type": NDJSON})
        found: Json = answer.json()
        assert (found["accepted"], found["rejected"]) == (300, 0)
        assert any("replayed" in item for item in found["items"])
        assert await stored(service) == {str(n) for n in range(300)}


async def test_an_atomic_batch_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    body = b"".join(line(n, 50) for n in range(300))
    head = HEAD.replace(b"/ecg/batch ", b"/ecg/batch?atomic=true ")
    numbers = {str(n) for n in range(300)}
    for seconds in (0.01, 0.03):  # until it is killed, somewhere on the way
        async with running(tmp_path) as service:
            if seconds == 0.01:
                await service.register()
                async with service.wire() as wire:
                    await wire.send(head, chunk(body))
                    wire.cut()
            assert await stored(service) in (set(), numbers)
            async with service.wire() as wire:
                await wire.send(head, chunked(body))
                await asyncio.sleep(seconds)
                service.process.kill()
    async with running(tmp_path) as service, service.client() as user:
        headers = {"Content-Type": NDJSON}
        answer = await user.post("/ecg/batch?atomic=true", content=body, headers=headers)
        assert answer.json()["accepted"] == 300
        assert await stored(service) == numbers
