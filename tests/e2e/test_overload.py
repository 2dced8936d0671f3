"""More than the service can take: refused early, and nothing is lost."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack, closing
from pathlib import Path
from uuid import UUID

import apsw
import httpx

from benchmarks.service.load.open_loop import Answer as Sent
from benchmarks.service.load.open_loop import Client, Stream, offer
from benchmarks.service.servers.slow_disk import SLOW
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.services.in_flight import MEMORY_PER_BYTE
from tests.e2e.service import (
    JSON_TYPE,
    SMALL,
    USER,
    Answer,
    Service,
    basic,
    chunked,
    head_of,
    is_healthy_with,
    listed,
    pending,
    post_of,
    problem,
    running,
    until,
)

BURST = 60


async def test_of_a_burst_exactly_those_answered_201_are_stored(tmp_path: Path) -> None:
    async with (
        running(tmp_path, ingest_mailbox=1, ingest_batch=1) as service,
        AsyncExitStack() as stack,
    ):
        await service.register()
        wires = [await pending(service, stack, len(SMALL)) for _ in range(BURST)]
        for wire in wires:
            await wire.send(SMALL)
        answers = [await wire.answer() for wire in wires]
        good, bad = divided(answers)
        assert good
        assert bad
        for answer in bad:
            problem(answer, 503, "overloaded")
            assert int(answer.headers["retry-after"]) > 0
        async with service.client() as user:
            assert {ecg["ecg_id"] for ecg in await listed(user)} == ids_of(good)
            await until(lambda: is_taken(user))
        await is_healthy_with(service, len(good) + 1)


async def test_one_user_at_ten_times_the_capacity_leaves_others_their_share(tmp_path: Path) -> None:
    """The disk takes a fifth of a second for a transaction: 20 ECGs a second."""
    rates = {**dict.fromkeys(("bob", "eve", "joe"), 2), USER: 200}
    slow = ("env", f"{SLOW}=0.2", sys.executable, "-m", "benchmarks.service.servers.slow_disk")
    async with running(tmp_path, slow, ingest_batch=4, ingest_wait_seconds=0.2) as service:
        for name in rates:
            await service.register(name)
        client = Client(*service.address)
        streams = [
            Stream(name, post_of(authorization=basic(name)), rate) for name, rate in rates.items()
        ]
        answers = await offer(client, streams, seconds=2)
        client.close()
        stored = {name: statuses_of(answers, name).count(201) for name in rates}
        for name, rate in rates.items():
            statuses = statuses_of(answers, name)
            assert len(statuses) == 2 * rate
            assert set(statuses) <= {201, 503}
            async with service.client(name) as user:
                assert len(await listed(user)) == stored[name]
        greedy = stored.pop(USER)
        assert greedy > 1
        assert sum(stored.values()) / (2 * 6) > 3 * greedy / (2 * 200)


def statuses_of(answers: list[Sent], name: str) -> list[int]:
    return [answer.status for answer in answers if answer.sender == name]


def divided(answers: list[Answer]) -> tuple[list[Answer], list[Answer]]:
    good = [answer for answer in answers if answer.status == 201]
    return good, [answer for answer in answers if answer.status != 201]


def ids_of(answers: list[Answer]) -> set[str]:
    return {str(UUID(json.loads(answer.body)["ecg_id"])) for answer in answers}


async def is_taken(user: httpx.AsyncClient) -> bool:
    answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
    return answer.status_code == 201


async def test_bytes_in_flight_are_bounded_before_they_are_read(tmp_path: Path) -> None:
    settings = {"max_bytes_in_flight": 1000 * MEMORY_PER_BYTE}
    async with running(tmp_path, **settings) as service, AsyncExitStack() as stack:
        await service.register()
        await service.register("bob")
        held = [await pending(service, stack, 250) for _ in range(2)]
        bob = basic("bob")
        for size, credentials in ((1, basic()), (501, bob)):
            async with service.wire() as wire:
                asked = {"content_length": size, "expect": "100-continue"}
                await wire.send(head_of(authorization=credentials, **asked))
                refused = await wire.answer()
                problem(refused, 503, "overloaded")
                assert int(refused.headers["retry-after"]) > 0
        async with service.wire() as wire:
            await wire.send(post_of(SMALL + b" " * (500 - len(SMALL)), authorization=bob))
            assert (await wire.answer()).status == 201
        for wire in held:
            await wire.send(SMALL, b" " * (250 - len(SMALL)))
            assert (await wire.answer()).status == 201
        await (await pending(service, stack, 1000)).send(b"")


async def test_one_user_with_silent_bodies_leaves_room_to_others(tmp_path: Path) -> None:
    room = 26 * 1000 * MEMORY_PER_BYTE
    settings = {"max_body_bytes": 1000, "max_bytes_in_flight": room}
    async with running(tmp_path, **settings) as service, AsyncExitStack() as stack:
        await service.register()
        await service.register("bob")
        statuses = [await silent(service, stack) for _ in range(26)]
        assert statuses == [100] * 13 + [503] * 13
        async with service.client("bob") as bob:
            answers = await asyncio.gather(
                *(bob.post("/ecg", content=SMALL, headers=JSON_TYPE) for _ in range(50))
            )
            assert {answer.status_code for answer in answers} == {201}
        assert await service.is_ready()


async def silent(service: Service, stack: AsyncExitStack) -> int:
    """Announce a body and never send it; return what is answered first."""
    wire = await stack.enter_async_context(service.wire())
    await wire.send(head_of(content_length=1000, expect="100-continue"))
    return (await wire.answer()).status


async def test_a_body_of_unknown_length_takes_room_as_it_comes(tmp_path: Path) -> None:
    settings = {"max_body_bytes": 1000, "max_bytes_in_flight": 1500 * MEMORY_PER_BYTE}
    head, space = head_of(transfer_encoding="chunked"), b" " * 500
    async with running(tmp_path, **settings) as service, AsyncExitStack() as stack:
        await service.register()
        held = await pending(service, stack, 501)
        async with service.wire() as wire:
            await wire.send(head + chunked(SMALL))
            assert (await wire.answer()).status == 201
            await wire.send(head + chunked(SMALL, space))
            problem(await wire.answer(), 503, "overloaded")
        await held.send(SMALL, b" " * (501 - len(SMALL)))
        assert (await held.answer()).status == 201
        async with service.wire() as wire:
            await wire.send(head + chunked(SMALL, space))
            assert (await wire.answer()).status == 201
        await is_healthy_with(service, 3)


async def test_connections_beyond_the_limit_are_refused_until_others_end(tmp_path: Path) -> None:
    async with running(tmp_path, max_connections=4) as service:
        await service.register()
        async with AsyncExitStack() as stack, service.client() as newcomer:
            crowd = [await pending(service, stack, len(SMALL)) for _ in range(4)]
            assert (await newcomer.get("/health/live")).status_code == 200
            refused = await newcomer.get("/users/me")
            assert refused.status_code == 503
            assert refused.json()["type"] == "/problems/overloaded"
            assert int(refused.headers["retry-after"]) > 0
            for wire in crowd:
                await wire.send(SMALL)
                assert (await wire.answer()).status == 201
            assert (await newcomer.get("/users/me")).status_code == 200
        await is_healthy_with(service, 4)


async def test_a_service_of_one_connection_serves(tmp_path: Path) -> None:
    async with running(tmp_path, max_connections=1) as service:
        await service.register()
        await is_healthy_with(service, 0)


async def test_posts_behind_a_lock_are_refused_in_time_and_never_stored(tmp_path: Path) -> None:
    async with running(tmp_path, max_write_seconds=2) as service:
        await service.register()
        async with service.client() as user:
            with closing(apsw.Connection(str(tmp_path / "ecg.db"))) as other:
                execute(other, "BEGIN IMMEDIATE")
                writes = [user.post("/ecg", content=SMALL, headers=JSON_TYPE) for _ in range(50)]
                writes.append(user.delete(f"/ecg/{UUID(int=0)}"))
                answers = await asyncio.gather(*writes)
            assert {answer.status_code for answer in answers} == {503}
            assert all("retry-after" in answer.headers for answer in answers)
        await is_healthy_with(service, 0)
