"""A pool of equal actors behind one bounded mailbox."""

import asyncio
import logging
import math
from collections.abc import Callable, Hashable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from ecg_service.actors.actor import Actor
from ecg_service.actors.envelope import Envelope, fail_all
from ecg_service.actors.errors import ActorStopped
from ecg_service.actors.mailbox import Bounds, Mailbox
from ecg_service.actors.pace import Pace
from ecg_service.actors.restarts import RestartBudget, RestartPolicy
from ecg_service.actors.statistics import PoolStatistics

logger = logging.getLogger(__name__)

Message = TypeVar("Message")
Reply = TypeVar("Reply")


class ActorPool(Generic[Message, Reply]):
    """`size` equal actors that take messages, at most `batch` at once, from one bounded mailbox.

        async with ActorPool(make_actor, size=1, capacity=1024, batch=32) as pool:
            pool.tell(message)                # go on at once
            reply = await pool.ask(message)   # wait, and raise what the actor raised

    The senders of messages, if `sender` tells them, take turns, and none may have more of them
    waiting than may still come from others. A message that stands for several, as `weigh` says,
    counts as many times and takes as many turns. No more may wait than are expected to be taken within
    `max_expected_wait` seconds, or fill two batches. An ask that no actor has taken after
    `max_wait` seconds raises `MessageExpired` and is dropped.

    Leaving the block drains the mailbox for at most `drain_timeout` seconds. An exception in
    `expected` only fails its batch; any other also replaces the actor and spends one restart.
    When none is left, `RestartLimitExceeded` ends the block.
    """

    def __init__(
        self,
        factory: Callable[[], Actor[Message, Reply]],
        *,
        size: int,
        capacity: int,
        batch: int = 1,
        sender: Callable[[Message], Hashable] | None = None,
        weigh: Callable[[Message], int] | None = None,
        max_expected_wait: float = math.inf,
        max_wait: float | None = None,
        expected: tuple[type[Exception], ...] = (),
        restarts: RestartPolicy = RestartPolicy(),  # noqa: B008 - frozen
        drain_timeout: float = 10.0,
    ) -> None:
        self._factory = factory
        self._size = size
        self._capacity = capacity
        self._batch = batch
        self._max_wait = max_wait
        self._expected = expected
        self._budget = RestartBudget(restarts)
        self._drain_timeout = drain_timeout
        self._pace = Pace()
        bounds = Bounds(capacity, size * batch, max_expected_wait)
        self._mailbox = Mailbox[Message, Reply](bounds, self._pace, sender, weigh)
        self._tasks = asyncio.TaskGroup()
        self._workers: list[asyncio.Task[None]] = []
        self._open = False
        self._handled = self._restarts = 0

    @property
    def running(self) -> bool:
        """Whether the pool accepts messages."""
        return self._open

    def statistics(self) -> PoolStatistics:
        """Return how much waits, runs and was handled."""
        return PoolStatistics(
            running=self._open,
            size=self._size,
            busy=self._pace.running,
            waiting=len(self._mailbox),
            capacity=self._capacity,
            handled=self._handled,
            restarts=self._restarts,
            most=self._mailbox.most,
        )

    def tell(self, message: Message) -> None:
        """Send the message; raises `MailboxFull` or `ActorStopped`, never waits."""
        self._post(Envelope(message))

    async def ask(self, message: Message) -> Reply:
        """Send the message and wait for its reply; the caller sets the timeout."""
        reply = self.request(message)
        try:
            return await reply
        finally:
            del reply  # or an error, whose traceback has this frame, would be in a cycle

    def request(self, message: Message) -> asyncio.Future[Reply]:
        """Send the message, as `ask` does, and return the future of its reply."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Reply] = loop.create_future()
        expires = None if self._max_wait is None else loop.time() + self._max_wait
        self._post(Envelope(message, reply, expires))
        return reply

    def has_room(self, sender: Hashable = None) -> bool:
        """Whether a message of this sender would be taken now."""
        return self._open and self._mailbox.has_room(sender)

    def room(self, sender: Hashable = None) -> int:
        """Return how many messages of this sender would be taken now."""
        return self._mailbox.room(sender) if self._open else 0

    def _post(self, envelope: Envelope[Message, Reply]) -> None:
        if not self._open:
            raise ActorStopped
        self._mailbox.put(envelope)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._workers = [self._tasks.create_task(self._supervise()) for _ in range(self._size)]
        self._open = True
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        if isinstance(exc, Exception):  # leave it to the caller as it is, not in a group
            self._cancel()
            exc_type = exc = traceback = None
        self._mailbox.close()
        try:
            async with asyncio.timeout(self._drain_timeout):
                await self._tasks.__aexit__(exc_type, exc, traceback)
        except TimeoutError:
            logger.warning("stopped with %d messages unhandled", len(self._mailbox))
        finally:
            self._reject_rest()

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()

    def _reject_rest(self) -> None:
        for envelope in self._mailbox.take_rest():
            envelope.resolve(ActorStopped())

    async def _supervise(self) -> None:
        while True:
            try:
                return await self._work(self._factory())
            except Exception:
                logger.exception("an actor failed and is replaced")
                self._spend_restart()
                self._restarts += 1

    def _spend_restart(self) -> None:
        try:
            self._budget.spend()
        except Exception:
            self._open = False
            raise

    async def _work(self, actor: Actor[Message, Reply]) -> None:
        while await self._handle_next(actor):  # which keeps no batch while it waits for the next
            pass

    async def _handle_next(self, actor: Actor[Message, Reply]) -> bool:
        """Handle the next batch; return whether there was one."""
        batch = await self._mailbox.take(self._batch)
        wanted = [envelope for envelope in batch if not envelope.abandoned]
        is_last = not batch
        batch.clear()  # from 3.12 on the traceback of an error keeps this frame too
        if wanted:
            await self._deliver(actor, wanted)
        return not is_last

    async def _deliver(
        self, actor: Actor[Message, Reply], batch: list[Envelope[Message, Reply]]
    ) -> None:
        outcomes: Sequence[Reply | BaseException]
        size = len(batch)
        try:
            with self._pace.timed():
                outcomes = await actor.handle([envelope.message for envelope in batch])
            if len(outcomes) != size:
                msg = f"{len(outcomes)} replies to {size} messages"
                raise RuntimeError(msg)
        except BaseException as error:
            fail_all(batch, ActorStopped() if isinstance(error, asyncio.CancelledError) else error)
            if not isinstance(error, self._expected):
                raise
            return
        finally:
            self._handled += size
        for envelope, outcome in zip(batch, outcomes, strict=True):
            envelope.resolve(outcome)
