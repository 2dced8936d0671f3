"""A service with several workers, and clients that keep it busy."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIGKILL

import httpx

from benchmarks.service.servers.processes import children
from tests.e2e.service import JSON_TYPE, PATIENCE, SMALL, Service, running, until
from tests.processes import COMMAND

WORKERS = 3
CLIENTS = 6


def workers_of(service: Service) -> list[int]:
    """Return the numbers of the processes that the service has forked."""
    return children(service.process.pid)


@asynccontextmanager
async def together(folder: Path, *prefix: str, **settings: object) -> AsyncGenerator[Service]:
    """Serve with several workers, which all serve when this returns; a command may stand before."""
    before = said(folder, "all 3 workers serve")
    async with running(folder, (*prefix, *COMMAND), workers=WORKERS, **settings) as service:
        pids = list[int]()
        try:
            await until(lambda: is_said(folder, "all 3 workers serve", before + 1))
            pids = workers_of(service)
            yield service
        finally:
            if service.process.returncode is None:
                pids = workers_of(service)
                service.send_signal(SIGKILL)
            await until(lambda: are_gone(pids))


def said(folder: Path, what: str) -> int:
    log = folder / "log"
    return log.read_text().count(what) if log.exists() else 0


async def is_said(folder: Path, what: str, times: int = 1) -> bool:
    return said(folder, what) >= times


async def are_gone(pids: list[int]) -> bool:
    return not any(map(_runs, pids))


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class Clients:
    """Clients that post one ECG after the other, each under a key, until told to stop."""

    def __init__(self, service: Service, *, again: bool, anew: bool = False) -> None:
        self._service = service
        self._again = again  # whether to send again what had no answer
        self._anew = {"Connection": "close"} if anew else {}  # or workers keep who came first
        self._stopped = False
        self.stored: dict[str, str] = {}

    @asynccontextmanager
    async def busy(self) -> AsyncGenerator[None]:
        """Post during the block, and until every ECG is answered."""
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._post_all(number))
            try:
                yield
            finally:
                self._stopped = True

    async def _post_all(self, number: int) -> None:
        async with self._service.client() as user:
            count = 0
            while not self._stopped:
                key = f"{number}-{count}"
                self.stored[key] = await self._post(user, key)
                count += 1

    async def _post(self, user: httpx.AsyncClient, key: str) -> str:
        headers = {**JSON_TYPE, **self._anew, "Idempotency-Key": key}
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(*([httpx.TransportError] if self._again else [])):
                    answer = await user.post("/ecg", content=SMALL, headers=headers)
                    if answer.status_code == 201:
                        return answer.json()["ecg_id"]
                    assert self._again, answer.text
                    assert answer.status_code in {409, 500, 503}, answer.text
                await asyncio.sleep(0.01)

    async def has_stored(self, number: int) -> bool:
        return len(self.stored) >= number


async def has_workers(service: Service) -> bool:
    return len(workers_of(service)) == WORKERS
