"""A few threads behind a bounded queue."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from ecg_service.actors.errors import ThreadsFull
from ecg_service.actors.statistics import ThreadsStatistics

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Runs blocking calls off the event loop.

    At most `size` calls run and `capacity` more wait; the next one is refused.
    """

    def __init__(self, name: str, *, size: int, capacity: int) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._size = size
        self._capacity = capacity
        self._calls = 0
        self._counting = threading.Lock()

    def statistics(self) -> ThreadsStatistics:
        """Return how many calls run and wait."""
        calls = self._calls
        return ThreadsStatistics(
            size=self._size,
            busy=min(calls, self._size),
            waiting=max(calls - self._size, 0),
            capacity=self._capacity,
        )

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of `function` in a thread; raises `ThreadsFull` if the queue is full.

        A caller that is cancelled stops waiting; its call is skipped if it has not begun.
        """
        self._enter()
        try:
            future = self._executor.submit(function, *args, **kwargs)
        except BaseException:
            self._leave()
            raise
        future.add_done_callback(self._leave)
        try:
            return await asyncio.wrap_future(future)
        finally:
            del future  # or an error, whose traceback has this frame, would be in a cycle

    def _enter(self) -> None:
        with self._counting:
            if self._calls == self._size + self._capacity:
                raise ThreadsFull
            self._calls += 1

    def _leave(self, _: Future[T] | None = None) -> None:
        with self._counting:
            self._calls -= 1

    def close(self) -> None:
        """Refuse new calls; return when those that run or wait are done."""
        self._executor.shutdown()
