"""A signal ends the service after everything it has accepted is answered and stored."""

import asyncio
import json
import random
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from tests.e2e.service import (
    JSON_TYPE,
    PATIENCE,
    SMALL,
    Service,
    Wire,
    head_of,
    listed,
    noise,
    post_of,
    problem,
    running,
    until,
)

CROWD = 24
SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)


def large_body(number: int) -> bytes:
    signal_ = noise(random.Random(number), 20_000)
    return json.dumps({"leads": [{"name": f"lead {number}", "signal": signal_}]}).encode()


async def accepted(service: Service, stack: AsyncExitStack, body: bytes) -> Wire:
    """Announce a body and return once the service has asked for it."""
    wire = await stack.enter_async_context(service.wire())
    await wire.send(head_of(content_length=len(body), expect="100-continue"))
    assert (await wire.answer()).status == 100
    return wire


async def answered_201(wires: list[Wire]) -> list[str]:
    """Read every answer and the end of every connection; return the ids."""
    answers = [await wire.answer() for wire in wires]
    assert [answer.status for answer in answers] == [201] * len(wires)
    assert [await wire.rest() for wire in wires] == [b""] * len(wires)
    return sorted(json.loads(answer.body)["ecg_id"] for answer in answers)


async def stored_after_restart(folder: Path) -> list[str]:
    async with running(folder) as service, service.client() as user:
        return sorted(ecg["ecg_id"] for ecg in await listed(user))


@SIGNALS
async def test_bodies_half_sent_at_the_signal_are_taken_answered_and_stored(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with running(tmp_path) as service, AsyncExitStack() as stack:
        await service.register()
        wires = [await accepted(service, stack, SMALL) for _ in range(CROWD)]
        for wire in wires:
            await wire.send(SMALL[:20])
        service.send_signal(number)
        await until(service.refuses)
        for start in range(20, len(SMALL)):  # slowly, as some senders are
            for wire in wires:
                await wire.send(SMALL[start : start + 1])
            await asyncio.sleep(0.02)
        ids = await answered_201(wires)
        assert await service.ended() == 0
    assert await stored_after_restart(tmp_path) == ids


@SIGNALS
async def test_large_ecgs_on_their_way_through_at_the_signal_are_answered_and_stored(
    tmp_path: Path, number: signal.Signals
) -> None:
    bodies = [large_body(n) for n in range(CROWD)]
    async with running(tmp_path) as service, AsyncExitStack() as stack:
        await service.register()
        wires = [await accepted(service, stack, body) for body in bodies]
        for n, (wire, body) in enumerate(zip(wires, bodies, strict=True)):
            if n == CROWD // 2:
                service.send_signal(number)
            await wire.send(body)
        ids = await answered_201(wires)
        assert await service.ended() == 0
    async with running(tmp_path) as service, service.client() as user:
        assert sorted(ecg["ecg_id"] for ecg in await listed(user)) == ids
        for key in ids:
            [lead] = (await user.get(f"/ecg/{key}")).json()["leads"]
            sent = json.loads(bodies[int(lead["name"].split()[1])])["leads"][0]
            assert lead["signal"] == sent["signal"]


@pytest.mark.parametrize("times", [1, 30])
async def test_another_sigterm_while_draining_does_no_harm(tmp_path: Path, times: int) -> None:
    async with running(tmp_path) as service, AsyncExitStack() as stack:
        await service.register()
        wires = [await accepted(service, stack, SMALL) for _ in range(CROWD)]
        service.send_signal(signal.SIGTERM)
        await until(service.refuses)
        for _ in range(times):
            service.send_signal(signal.SIGTERM)
        for wire in wires:
            await wire.send(SMALL)
        ids = await answered_201(wires)
        assert await service.ended() == 0
    assert await stored_after_restart(tmp_path) == ids


async def test_another_sigterm_while_the_pools_drain_does_no_harm(tmp_path: Path) -> None:
    """The log says `draining` when the last answer is out and insights are still computed."""
    async with running(tmp_path) as service:
        await service.register()
        async with service.client() as user:
            for n in range(CROWD):
                answer = await user.post("/ecg", content=large_body(n), headers=JSON_TYPE)
                assert answer.status_code == 201
        service.send_signal(signal.SIGTERM)
        await until(lambda: service.has_logged("draining"))
        service.send_signal(signal.SIGTERM)
        assert await service.ended() == 0
        assert await service.has_logged("stopped")


async def test_sigterms_up_to_the_very_end_do_no_harm(tmp_path: Path) -> None:
    """Whoever stops a service may ask for it again and again until it has ended."""
    async with running(tmp_path) as service:
        while service.process.returncode is None:
            service.send_signal(signal.SIGTERM)
            await asyncio.sleep(0)
        assert await service.ended() == 0
        assert await service.has_logged("stopped")


async def test_the_last_answer_says_so_and_what_comes_behind_it_is_not_stored(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as service, AsyncExitStack() as stack:
        await service.register()
        wire = await accepted(service, stack, SMALL)
        service.send_signal(signal.SIGTERM)
        await until(service.refuses)
        await wire.send(SMALL, post_of())
        answer = await wire.answer()
        assert (answer.status, answer.headers["connection"]) == (201, "close")
        with suppress(ConnectionResetError):  # what is not read may end it harshly
            assert await wire.rest() == b""
        assert await service.ended() == 0
    assert await stored_after_restart(tmp_path) == [json.loads(answer.body)["ecg_id"]]


@pytest.mark.parametrize("workers", [1, 2])
async def test_load_balancers_are_told_before_nobody_listens_any_more(
    tmp_path: Path, workers: int
) -> None:
    async with running(tmp_path, workers=workers, unready_seconds=PATIENCE / 10) as service:
        await service.register()
        assert await service.is_ready()
        service.send_signal(signal.SIGTERM)

        async def is_unready() -> bool:
            return not await service.is_ready()

        await until(is_unready)
        async with service.client() as user:
            assert (await user.get("/health/live")).status_code == 200
            answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
            assert answer.status_code == 201
        await until(service.refuses)
        assert await service.ended() == 0


async def test_idle_connections_do_not_hold_the_service_up(tmp_path: Path) -> None:
    async with running(tmp_path, drain_seconds=PATIENCE * 10) as service, AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(service.wire()) for _ in range(CROWD)]
        for wire in idle[::2]:
            await wire.send(head_of("GET", "/health/live"))
            assert (await wire.answer()).status == 200
        assert await service.stop() == 0
        assert [await wire.rest() for wire in idle] == [b""] * CROWD
        assert "Traceback" not in service.written()


async def test_a_sender_who_never_ends_cannot_hold_the_service_up_and_is_told(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, drain_seconds=1) as service, AsyncExitStack() as stack:
        await service.register()
        endless = await accepted(service, stack, SMALL)
        await endless.send(SMALL[:20])
        good = await accepted(service, stack, SMALL)
        service.send_signal(signal.SIGTERM)
        await until(service.refuses)
        await good.send(SMALL)
        ids = await answered_201([good])
        problem(await endless.answer(), 503, "stopping")
        assert await service.ended() == 0
        assert "Traceback" not in service.written()
    assert await stored_after_restart(tmp_path) == ids
