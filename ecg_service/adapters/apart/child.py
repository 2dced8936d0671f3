"""A process of the lowest priority: it has the time of processors that nobody else wants."""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Self, cast

NICEST = 19


class Child:
    """Answers lines with lines, and ends when its input does, so when the process that started it does."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._stdin = cast("asyncio.StreamWriter", process.stdin)
        self._stdout = cast("asyncio.StreamReader", process.stdout)

    @classmethod
    async def started(cls, command: Sequence[str]) -> Self:
        """Start a command, without the settings, of which some are secret; raises `OSError`."""
        environment = {name: of for name, of in os.environ.items() if not name.startswith("ECG_")}
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=environment
        )
        _give_way(process.pid)
        return cls(process)

    @property
    def has_ended(self) -> bool:
        """Whether it is known to have ended."""
        return self._process.returncode is not None or self._stdout.at_eof()

    async def answer(self, line: bytes) -> bytes:
        """Return the line that answers this one, or less of it when the process has died."""
        try:
            self._stdin.write(line)
            await self._stdin.drain()
            return await self._stdout.readline()
        except OSError:
            return b""

    async def end(self) -> None:
        """Wait until it has ended by itself."""
        self._stdin.close()
        await self._process.communicate()

    def kill(self) -> None:
        """End it now."""
        with suppress(ProcessLookupError):
            self._process.kill()


def _give_way(pid: int) -> None:
    """Let all others go first; where the scheduler has no such policy, or forbids it, nearly all."""
    try:
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):
        with suppress(OSError):  # it may have ended
            os.setpriority(os.PRIO_PROCESS, pid, NICEST)
