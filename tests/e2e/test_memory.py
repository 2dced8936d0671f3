"""Bodies take no more memory than they may, and what a storm took goes back to the system."""

import asyncio
import re
from pathlib import Path

import httpx

from ecg_service.services.in_flight import MEMORY_PER_BYTE
from tests.e2e.service import JSON_TYPE, SMALL, Service, running, until

SIZE, COUNT = 9_000_000, 6
LEAD = b'{"name":"I","signal":[1]}'
LARGE = SMALL + b" " * SIZE
DIGITS = b'{"leads":[{"name":"I","signal":[%b7]}]}' % (b"7," * (SIZE // 2))
MANY_LEADS = b'{"leads":[%b]}' % b",".join([LEAD] * (SIZE // len(LEAD)))
ROOM = 450_000_000
GROWN = 1.5
INVALID = SMALL[:-1] + b',"unknown":"%b"}' % (b" " * SIZE)


async def test_a_storm_takes_what_it_may_and_gives_it_back_when_it_is_over(tmp_path: Path) -> None:
    settings = {"trim_seconds": 0.1, "max_bytes_in_flight": ROOM}
    async with running(tmp_path, **settings) as service, service.client("ann") as ann:
        await service.register()
        assert await storm(ann, SMALL) == {201}
        quiet = memory(service, "VmRSS")
        assert await storm(ann, MANY_LEADS) == {422}
        assert await storm(ann, LARGE) == {201}
        assert await storm(ann, DIGITS) == {201}
        assert memory(service, "VmHWM") < quiet + COUNT * SIZE * MEMORY_PER_BYTE
        await until(lambda: is_at_most(service, GROWN * quiet))


async def test_bodies_that_are_refused_are_not_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as service, service.client("ann") as ann:
        await service.register()
        once = await memory_after(service, ann, INVALID)
        later = [await memory_after(service, ann, INVALID) for _ in range(2 * COUNT)]
        assert later[-1] < once + COUNT * SIZE


async def memory_after(service: Service, user: httpx.AsyncClient, body: bytes) -> int:
    """Return how much memory is in use when a body was refused."""
    answer = await user.post("/ecg", content=body, headers=JSON_TYPE)
    assert answer.status_code == 422, answer.text
    return memory(service, "VmRSS")


async def storm(user: httpx.AsyncClient, body: bytes) -> set[int]:
    """Send the body several times at once; return the statuses of the answers."""
    posts = [user.post("/ecg", content=body, headers=JSON_TYPE) for _ in range(COUNT)]
    return {answer.status_code for answer in await asyncio.gather(*posts)}


def memory(service: Service, name: str) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    [kilobytes] = re.findall(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) * 1024


async def is_at_most(service: Service, size: float) -> bool:
    return memory(service, "VmRSS") <= size
