"""A few threads behind a bounded queue.

Not an executor of the standard library: with its future and the one of asyncio around it a call
took 23 µs instead of 8, with sixteen callers on one processor.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from ecg_service.actors.errors import ThreadsFull
from ecg_service.actors.statistics import ThreadsStatistics

P = ParamSpec("P")
T = TypeVar("T")


class _Call:
    """A call and the future of its answer; `begun` when a thread or a cancellation takes it."""

    __slots__ = ("begun", "future", "loop", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.begun = False
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()


class Threads:
    """Runs blocking calls off the event loop.

    At most `size` calls run and `capacity` more wait; the next one is refused. With a `niceness` (see
    nice(2)), which is added to that of the process, they give way to the event loop where both want one processor.
    """

    def __init__(self, name: str, *, size: int, capacity: int, niceness: int = 0) -> None:
        self._name = name
        self._niceness = niceness
        self._size = size
        self._capacity = capacity
        self._queue: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._calls = 0
        self._closed = False
        self._lock = threading.Lock()

    def statistics(self) -> ThreadsStatistics:
        """Return how many calls run and wait."""
        calls = self._calls
        return ThreadsStatistics(
            size=self._size,
            busy=min(calls, self._size),
            waiting=max(calls - self._size, 0),
            capacity=self._capacity,
        )

    @property
    def is_idle(self) -> bool:
        """Whether no call runs or waits."""
        return not self._calls

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of `function` in a thread; raises `ThreadsFull` if the queue is full.

        A caller that is cancelled stops waiting; its call is skipped if it has not begun.
        """
        call = _Call(partial(function, *args, **kwargs))
        self._enter(call)
        try:
            return await call.future
        except asyncio.CancelledError:
            if self._begin(call):
                self._leave()
            raise
        finally:
            del call  # or an error, whose traceback has this frame, would be in a cycle

    def _enter(self, call: _Call) -> None:
        with self._lock:
            if self._closed:
                msg = f"the threads {self._name} are closed"
                raise RuntimeError(msg)
            if self._calls == self._size + self._capacity:
                raise ThreadsFull
            self._calls += 1
            if not self._threads:
                self._start()
            self._queue.put(call)

    def _start(self) -> None:
        """Start all threads; they are daemons, since `close` is what waits for their calls."""
        for number in range(self._size):
            name = f"{self._name}_{number}"
            self._threads.append(threading.Thread(target=self._serve, name=name, daemon=True))
            self._threads[-1].start()

    def _serve(self) -> None:
        if self._niceness:
            _give_way(self._niceness)
        while call := self._queue.get():
            self._answer(call)
            del call  # not kept until the next one comes

    def _answer(self, call: _Call) -> None:
        if not self._begin(call):
            return
        try:
            settle = partial(_succeed, call.future, call.work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
            settle = partial(_fail, call.future, error)
        self._leave()
        with suppress(RuntimeError):  # of a loop that is closed
            call.loop.call_soon_threadsafe(settle)
        del call, settle  # as in `run`

    def _begin(self, call: _Call) -> bool:
        """Return whether the call has not begun yet; it has from now on."""
        with self._lock:
            begun, call.begun = call.begun, True
        return not begun

    def _leave(self) -> None:
        with self._lock:
            self._calls -= 1

    def close(self) -> None:
        """Refuse new calls; return when those that run or wait are done."""
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()


def _give_way(niceness: int) -> None:
    """Take less of the processor, where threads have a priority of their own, as on Linux."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # it may be forbidden
            own = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, own + niceness)


def _succeed(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
