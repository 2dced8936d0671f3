"""Memory that a storm took goes back to the system."""

import asyncio
import re
from pathlib import Path

from tests.e2e.service import JSON_TYPE, SMALL, Service, running, until

LARGE = SMALL + b" " * 9_000_000
GROWN = 1.5


async def test_the_memory_of_a_storm_is_given_back_when_it_is_over(tmp_path: Path) -> None:
    settings = {"trim_seconds": 0.1, "max_bytes_in_flight": 10**9}
    async with running(tmp_path, **settings) as service, service.client("ann") as ann:
        await service.register()
        assert (await ann.post("/ecg", content=SMALL, headers=JSON_TYPE)).status_code == 201
        quiet = memory(service, "VmRSS")
        posts = [ann.post("/ecg", content=LARGE, headers=JSON_TYPE) for _ in range(12)]
        assert {answer.status_code for answer in await asyncio.gather(*posts)} == {201}
        assert memory(service, "VmHWM") > GROWN * quiet
        await until(lambda: is_at_most(service, GROWN * quiet))


def memory(service: Service, name: str) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    [kilobytes] = re.findall(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes)


async def is_at_most(service: Service, kilobytes: float) -> bool:
    return memory(service, "VmRSS") <= kilobytes
