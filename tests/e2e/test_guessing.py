"""Passwords of who is suspect are verified in a process apart, which is gone when its service is."""

import os
from itertools import count
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals

import pytest

from benchmarks.service.servers.processes import children
from tests.e2e.service import USER, Service, running, until
from tests.e2e.workers import are_gone, together, workers_of

TRIED = 4
"""The last one is suspect."""


NUMBERS = count()


async def guess(service: Service, times: int = TRIED) -> None:
    """Give wrong passwords for one name after the other."""
    for number in (next(NUMBERS) for _ in range(times)):
        async with service.client(f"nobody{number}", f"wrong {number}") as guesser:
            assert (await guesser.get("/users/me")).status_code == 401


async def sign_in(service: Service, name: str) -> int:
    """Sign in over a connection, so perhaps to a worker, of its own."""
    async with service.client(name) as user:
        return (await user.get("/users/me")).status_code


@pytest.mark.parametrize("signal", [SIGKILL, SIGTERM, SIGINT])
async def test_it_ends_with_the_service(tmp_path: Path, signal: Signals) -> None:
    async with running(tmp_path) as service:
        await service.register()
        assert await sign_in(service, USER) == 200
        assert children(service.process.pid) == []
        await guess(service)
        [child] = children(service.process.pid)
        await guess(service, 1)
        assert children(service.process.pid) == [child]
        await service.stop(signal)
        await until(lambda: are_gone([child]))
    assert "wrong" not in service.written()


async def test_who_is_suspect_and_right_signs_in_also_after_it_died(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        for name in (USER, "bob"):
            await service.register(name)
        await guess(service)
        [child] = children(service.process.pid)
        assert await sign_in(service, USER) == 200
        os.kill(child, SIGKILL)
        assert await sign_in(service, "bob") == 200
        assert children(service.process.pid) != [child]
        assert await service.stop() == 0


async def test_each_worker_has_its_own(tmp_path: Path) -> None:
    async with together(tmp_path) as service:

        async def all_have_one() -> bool:
            await guess(service, 1)
            return all(children(pid) for pid in workers_of(service))

        await until(all_have_one)
        apart = [child for pid in workers_of(service) for child in children(pid)]
        service.send_signal(SIGKILL)
        await until(lambda: are_gone(apart))
