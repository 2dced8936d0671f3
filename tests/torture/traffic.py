"""Many who send to a service, read and delete, until it ends or they are told to stop."""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus

import httpx

from tests.e2e.service import Service
from tests.torture.ledger import content_of
from tests.torture.recordings import SIZES, batch, key_of, kind_of, recording
from tests.torture.sender import Framing, Sender

SENDERS = 12
PAUSE = 0.05
FRAMINGS: tuple[Framing, Framing] = ("application/x-ndjson", "application/vnd.ecg.msgpack-stream")


def is_batch(number: int) -> bool:
    return number % 5 == 3


def is_of_another(answer: httpx.Response) -> bool:
    """Whether another request with the same id or key stored the ECG, or is about to."""
    return "Idempotency-Replayed" in answer.headers or answer.status_code == HTTPStatus.CONFLICT


class Traffic:
    """What is sent depends on the seed alone, in which order also on the service."""

    def __init__(self, sender: Sender, seed: int, sizes: Sequence[int] = SIZES) -> None:
        self.sender = sender
        self.sizes = sizes
        self.answered = 0
        self._numbers = itertools.count(seed * 10**6)
        self._unanswered: set[int] = set()
        self.held: dict[str, str] = {}

    async def flow(
        self,
        service: Service,
        *,
        senders: int = SENDERS,
        pause: float = 0.0,
        after: Callable[[], object] = lambda: None,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        """Send until the service hangs up or `until` says so; call `after` each answer.

        Each sender pauses so many seconds between two requests.
        """
        async with service.client() as user, asyncio.TaskGroup() as group:
            for _ in range(senders):
                group.create_task(self._send(user, after, until, pause))

    async def _send(
        self,
        user: httpx.AsyncClient,
        after: Callable[[], object],
        until: Callable[[], bool],
        pause: float,
    ) -> None:
        with suppress(httpx.TransportError):
            while not until():
                number = next(self._numbers)
                await self._send_one(user, number)
                self.answered += 1
                after()
                await self._use_one(user, random.Random(number))
                await asyncio.sleep(pause)

    async def _send_one(self, user: httpx.AsyncClient, number: int) -> None:
        """Send what has this number; that of which nobody knows the outcome is sent again later."""
        self._unanswered.add(number)
        if is_batch(number):
            await self._post_batch(user, number)
        else:
            status = (await self._post(user, number)).status_code
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                return
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                await asyncio.sleep(PAUSE)
        self._unanswered.discard(number)

    async def _post(self, user: httpx.AsyncClient, number: int) -> httpx.Response:
        ecg = recording(number, self.sizes)
        answer = await self.sender.post(user, ecg, key_of(number))
        if answer.status_code == HTTPStatus.CREATED:
            self.held[answer.json()["ecg_id"]] = content_of(ecg)
        return answer

    async def _post_batch(self, user: httpx.AsyncClient, number: int) -> None:
        ecgs, framing = batch(number, self.sizes), FRAMINGS[number // 5 % 2]
        group = f"batch {number}" if number % 3 == 0 else None
        await self.sender.post_batch(user, ecgs, framing, group=group)

    async def _use_one(self, user: httpx.AsyncClient, chance: random.Random) -> None:
        """Sometimes read or delete one of the ECGs that were acknowledged to a request alone."""
        drawn = chance.random()
        if not self.held or drawn < 0.5:
            return
        ecg_id = chance.choice([*self.held])
        use = self.sender.read if drawn < 0.8 else self.sender.delete
        await use(user, ecg_id, self.held[ecg_id] if drawn < 0.8 else self.held.pop(ecg_id))

    async def send_again(self, user: httpx.AsyncClient) -> None:
        """Retry what was not answered, twice at once; only with an id or a key is that safe."""
        for number in self._unanswered:
            if is_batch(number):
                again = partial(self._post_batch, user, number)
                await asyncio.gather(again(), again())
            elif kind_of(number) in {"with id", "with key"}:
                post = partial(self._post, user, number)
                answers = await asyncio.gather(post(), post())
                assert any(map(is_of_another, answers)), answers
        self._unanswered.clear()

    async def compare(self, service: Service, *, again: bool = False) -> None:
        """Raise an error if what is stored is not what was acknowledged."""
        async with service.client() as user:
            wrong = await self.sender.findings(user, again=again)
            assert not wrong, wrong
            await self.send_again(user)
            wrong = await self.sender.findings(user)
            assert not wrong, wrong
