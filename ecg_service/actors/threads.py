"""A few threads behind a bounded queue."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from ecg_service.actors.errors import ThreadsFull

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Runs blocking calls off the event loop; refuses one that would have to wait too long.

    At most `size` calls run and `capacity` more wait.
    """

    def __init__(self, name: str, *, size: int, capacity: int) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._free = threading.BoundedSemaphore(size + capacity)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function` in a thread and wait for it; raises `ThreadsFull` instead of queueing.

        A caller that is cancelled leaves at once; its call is skipped if it had not begun.
        """
        if not self._free.acquire(blocking=False):
            raise ThreadsFull
        try:
            future = self._executor.submit(function, *args, **kwargs)
        except BaseException:
            self._free.release()
            raise
        future.add_done_callback(self._release)
        return await asyncio.wrap_future(future)

    def _release(self, _: Future[T]) -> None:
        self._free.release()

    def close(self) -> None:
        """Refuse new calls and return when the running ones are done."""
        self._executor.shutdown()
