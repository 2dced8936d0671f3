"""Processes that a supervisor forks, and what each has from it."""

import multiprocessing
import os
import signal
import time
from asyncio import Event, get_running_loop
from collections.abc import Callable
from ctypes import c_bool
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from typing import Self

Serve = Callable[[int, "Reins"], None]
"""Serves at a place until told to stop; runs in a process of its own."""

_fork = multiprocessing.get_context("fork")

FIRST_PAUSE, LAST_PAUSE = 0.5, 10.0
"""Seconds until a start that failed is tried again; each pause is twice the one before."""


def shared_flag() -> c_bool:
    """Make a flag that is shared with processes that are forked from now on."""
    return _fork.RawValue(c_bool, False)  # noqa: FBT003 - its value


@dataclass(frozen=True)
class Ties:
    """What a supervisor has in common with all of its processes."""

    draining: c_bool = field(default_factory=shared_flag)
    lifeline: tuple[int, int] = field(default_factory=os.pipe)


@dataclass(frozen=True)
class Reins:
    """How a process says that it serves, and hears that its supervisor ends all, or has ended.

    The lifeline is a pipe that nobody writes to: it ends with the supervisor, however that ends.
    """

    _serves: c_bool
    _draining: c_bool
    _lifeline: int

    def is_draining(self) -> bool:
        """Whether the supervisor is about to end all."""
        return self._draining.value

    def say_started(self) -> None:
        """Tell the supervisor that connections are accepted."""
        self._serves.value = True

    def obey(self, stop: Event) -> None:
        """Set the event when the supervisor has ended; take the signals that it has blocked."""
        loop = get_running_loop()

        def end() -> None:
            loop.remove_reader(self._lifeline)
            stop.set()

        loop.add_reader(self._lifeline, end)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


@dataclass(frozen=True, eq=False)
class Child:
    """A process that serves at a place, or will."""

    place: int
    process: ForkProcess
    _serves: c_bool

    @classmethod
    def forked(cls, place: int, serve: Serve, ties: "Ties") -> Self:
        """Fork a process that serves at this place."""
        # Not an `Event`, whose lock a process that is killed may hold for ever.
        serves = shared_flag()
        read, write = ties.lifeline
        reins = Reins(serves, ties.draining, read)
        process = _fork.Process(target=_run, args=(serve, place, reins, write))
        process.start()
        return cls(place, process, serves)

    @property
    def serves(self) -> bool:
        return self._serves.value


def _run(serve: Serve, place: int, reins: Reins, lifeline: int) -> None:
    os.close(lifeline)  # the supervisor's end of it, or it would not end with the supervisor
    serve(place, reins)


@dataclass
class Place:
    """Where a process serves, or another one starts, or will at some moment."""

    number: int
    serving: Child | None = None
    starting: Child | None = None
    until: float = 0.0
    """When the start has taken too long, or may be tried again."""
    pause: float = FIRST_PAUSE

    @property
    def is_served(self) -> bool:
        return self.serving is not None and self.serving.process.is_alive()

    def promote(self, child: Child) -> Child | None:
        """Let the process that has started serve here; return the one before."""
        before, self.serving, self.starting = self.serving, child, None
        self.until, self.pause = 0.0, FIRST_PAUSE
        return before

    def postpone(self) -> None:
        """Try again after a pause."""
        self.until = time.monotonic() + self.pause
        self.pause = min(2 * self.pause, LAST_PAUSE)
