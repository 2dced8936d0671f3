"""Verifies passwords in a process apart, with the time that nobody else wants.

A thread would not do: one of low priority that waits for the GIL, or has it, holds up all others.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence

import msgspec

from ecg_service.adapters.apart.child import Child
from ecg_service.adapters.passwords import bounded
from ecg_service.domain.errors import Overloaded
from ecg_service.ports.users import PasswordVerifier

COMMAND = (sys.executable, "-P", "-m", "ecg_service.adapters.apart")
"""`-P`, or modules of the working directory would come first."""
ANSWERS = {b"true\n": True, b"false\n": False}
SECONDS = 10.0
"""How long one password may take before its process is taken for one that stands still."""
END_SECONDS = 2.0
"""How long the password that is looked at in the end may take."""

logger = logging.getLogger(__name__)


class PasswordsApart(PasswordVerifier):
    """Verifies one password at a time, for callers who take turns.

    Its process is started when it is needed for the first time, and again after it has died.
    """

    def __init__(self, command: Sequence[str] = COMMAND, *, seconds: float = SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self._child: Child | None = None
        self._free = asyncio.Lock()
        self._closed = False

    async def verify(self, password: str, password_hash: str | None) -> bool:
        line = msgspec.json.encode((password, bounded(password_hash))) + b"\n"
        await self._free.acquire()
        asking = asyncio.create_task(self._ask(line))
        asking.add_done_callback(self._asked)
        right = await asyncio.shield(asking)  # or who gives up would leave an answer to the next
        return right and password_hash is not None

    async def aclose(self) -> None:
        """End the process after the password that it looks at; raise `Overloaded` for others."""
        self._closed = True
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._end()
        except TimeoutError:
            if self._child:
                self._child.kill()
            await self._end()

    def _asked(self, asking: asyncio.Task[bool]) -> None:
        self._free.release()
        if not asking.cancelled():
            asking.exception()  # of one whose caller has given up nobody else asks

    async def _ask(self, line: bytes) -> bool:
        """Ask the process, and if it dies over it, once more another one."""
        for _ in range(2):
            child = await self._running()
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await child.answer(line)
            except TimeoutError as error:
                await self._drop(child, "stands still")
                raise Overloaded from error
            if answer in ANSWERS:
                return ANSWERS[answer]
            await self._drop(child, "has died")
        raise Overloaded

    async def _running(self) -> Child:
        if self._closed:
            raise Overloaded
        if self._child and self._child.has_ended:
            await self._drop(self._child, "has died")
        if self._child is None:
            self._child = await self._started()
        return self._child

    async def _started(self) -> Child:
        try:
            return await Child.started(self._command)
        except OSError as error:
            logger.warning("no process verifies passwords of who is suspect: %s", error)
            raise Overloaded from error

    async def _drop(self, child: Child, reason: str) -> None:
        if not self._closed:
            logger.warning("the process that verifies passwords of who is suspect %s", reason)
        self._child = None
        child.kill()
        await child.end()

    async def _end(self) -> None:
        async with self._free:
            if self._child:
                await self._child.end()
