"""Calls of a Redis server that end in time, and are not made while it cannot be reached."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from ecg_service.adapters.failures import kind
from ecg_service.adapters.redis.connection import LOST, Refused, Session, make_session
from ecg_service.adapters.redis.limits import CallLimits
from ecg_service.adapters.urls import shown

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Unreachable(Exception):
    """The server cannot be reached, did not answer in time, or refused."""


class Server:
    """A few connections to one server, made in the background, so that no call waits for that."""

    def __init__(self, url: str, limits: CallLimits, *, purpose: str, without: str) -> None:
        self._url = url
        self._purpose = purpose
        self._without = without
        self._limits = limits
        self._idle: asyncio.LifoQueue[Session] = asyncio.LifoQueue()
        self._missing = limits.connections
        self._is_missing = asyncio.Event()
        self._reached: bool | None = None

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, limits: CallLimits, *, purpose: str, without: str
    ) -> AsyncGenerator["Server"]:
        """Keep connections until the block ends; it is no error that the server cannot be reached.

        The log says what it is for, and what is done without it.
        """
        server = cls(url, limits, purpose=purpose, without=without)
        await server._connect()
        server._count(0)
        keeping = asyncio.create_task(server._keep())
        try:
            yield server
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            await server._end_idle()

    @property
    def is_reachable(self) -> bool:
        """Whether calls are made."""
        return self._reached is True

    async def call(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Return what `work` does with a connection, or raise `Unreachable` in time."""
        if not self.is_reachable:
            raise Unreachable
        try:
            async with asyncio.timeout(self._limits.call_seconds):
                return await self._with_session(work)
        except Refused as error:
            raise Unreachable from error
        except LOST as error:
            self._tell(error)
            await self._end_idle()
            raise Unreachable from error

    async def _with_session(self, work: Callable[[Session], Awaitable[T]]) -> T:
        session = await self._idle.get()
        try:
            result = await work(session)
        except Refused:
            self._idle.put_nowait(session)
            raise
        except BaseException:
            # Nobody may read the answer that is still on its way.
            await self._end(session)
            raise
        self._idle.put_nowait(session)
        return result

    async def _keep(self) -> None:
        """Make the connections that are missing; after a failure, some time later."""
        while True:
            await self._is_missing.wait()
            if not (self.is_reachable and await self._connect()):
                await asyncio.sleep(self._limits.retry_seconds)
                await self._connect()

    async def _connect(self) -> bool:
        """Make one connection; return whether that went well."""
        session = make_session(self._url)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                await session.begin()
        except LOST as error:
            await session.end()
            if not self.is_reachable:
                self._tell(error)
            return False
        except BaseException:
            await session.end()
            raise
        self._idle.put_nowait(session)
        self._count(-1)
        self._tell(None)
        return True

    def _tell(self, error: Exception | None) -> None:
        """Make calls from now on, or no more; say so once."""
        reached, self._reached = self._reached, error is None
        if reached == self._reached:
            return
        if error is None:
            logger.info("%s %s is reached", self._purpose, shown(self._url))
        else:
            logger.warning(
                "%s %s cannot be reached (%s): %s",
                self._purpose,
                shown(self._url),
                kind(error),
                self._without,
            )

    async def _end_idle(self) -> None:
        while not self._idle.empty():
            await self._end(self._idle.get_nowait())

    async def _end(self, session: Session) -> None:
        self._count(1)
        await session.end()

    def _count(self, more: int) -> None:
        self._missing += more
        if self._missing:
            self._is_missing.set()
        else:
            self._is_missing.clear()
