"""Kill the service at any moment while many send, and compare what it holds with the ledger."""

import asyncio
import itertools
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from signal import SIGKILL

import httpx

from tests.e2e.service import Service, running
from tests.torture.ledger import Ledger
from tests.torture.recordings import key_of, kind_of, recording

logger = logging.getLogger(__name__)

SENDERS = 12
SETTINGS = {"sweep_seconds": 0.2}


class Kills:
    """A service that is killed and started again, and its senders."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.ledger = Ledger(folder / "ledger.jsonl")
        self._folder = folder
        self._chance = random.Random(seed)
        self._numbers = itertools.count(seed * 10**6)
        self._unanswered: set[int] = set()
        self._left = 0

    async def run(self, go_on: Callable[[], bool]) -> None:
        """Start, compare and kill; at least once, and in between as long as it may go on."""
        async with running(self._folder, **SETTINGS) as service:
            await service.register()
            await self._kill(service)
        while go_on():
            async with running(self._folder, **SETTINGS) as service:
                await self.compare(service)
                await self._kill(service)

    async def compare(self, service: Service, *, again: bool = False) -> None:
        """Raise an error if what is stored is not what was acknowledged."""
        async with service.client() as user:
            wrong = await self.ledger.findings(user, again=again)
            assert not wrong, wrong
            await self._send_again(user)
            wrong = await self.ledger.findings(user)
            assert not wrong, wrong

    async def _send_again(self, user: httpx.AsyncClient) -> None:
        """Retry what was not answered, twice at once; only with an id or a key is that safe."""
        for number in self._unanswered:
            if kind_of(number) in {"with id", "with key"}:
                again = partial(self.ledger.post, user, recording(number), key_of(number))
                answers = await asyncio.gather(again(), again())
                assert any(map(_is_of_another, answers)), answers
        self._unanswered.clear()

    async def _kill(self, service: Service) -> None:
        """Kill the service some answers from now, on the spot or a moment later."""
        self._left = self._chance.randint(10, 80)
        later = self._chance.choice((0, 0, self._chance.random() / 50))
        kill = partial(service.send_signal, SIGKILL)
        strike = partial(asyncio.get_running_loop().call_later, later, kill) if later else kill
        async with service.client() as user, asyncio.TaskGroup() as senders:
            for _ in range(SENDERS):
                senders.create_task(self._send(user, strike))
            assert await service.ended() == -SIGKILL
        logger.warning("killed; %d ECGs are acknowledged", self.ledger.acknowledged)

    async def _send(self, user: httpx.AsyncClient, strike: Callable[[], object]) -> None:
        with suppress(httpx.TransportError):
            while True:
                self._unanswered.add(number := next(self._numbers))
                await self.ledger.post(user, recording(number), key_of(number))
                self._unanswered.discard(number)
                self._left -= 1
                if self._left == 0:
                    strike()


def _is_of_another(answer: httpx.Response) -> bool:
    """Whether another request with the same id or key stored the ECG, or is about to."""
    return "Idempotency-Replayed" in answer.headers or answer.status_code == HTTPStatus.CONFLICT
