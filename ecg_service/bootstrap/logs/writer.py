"""Writes lines in a thread, so that a slow standard error holds up nobody."""

import threading
import time
from collections import deque
from types import TracebackType
from typing import Self, TextIO

from ecg_service.bootstrap.logs.lines import Event, Render

PAUSE = 0.05
"""Seconds in which lines gather: to wake the thread for each would cost more than the line."""
CHUNK = 64
"""Lines in one write, which lets other threads run."""
FLUSH_SECONDS = 2.0


class LogWriter:
    """Takes events from any thread, without a wait; what does not fit is dropped, and counted in the log."""

    def __init__(
        self, render: Render, stream: TextIO, capacity: int, who: str = "", *, threaded: bool = True
    ) -> None:
        self._render = render
        self._stream = stream
        self._capacity = capacity
        self._who = {"worker": who} if who else {}
        self._events: deque[Event] = deque()
        self._awake, self._ended = threading.Event(), threading.Event()
        self._told = self.dropped = 0
        # A daemon: a standard error that nobody reads must not hold up the end of the process.
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._threaded = threaded

    def put(self, event: Event) -> None:
        """Queue an event, or drop it."""
        if len(self._events) >= self._capacity:
            self.dropped += 1
            return
        self._events.append(event)
        if not self._threaded:
            self._write()
        elif not self._awake.is_set():
            self._awake.set()

    def __enter__(self) -> Self:
        if self._threaded:
            self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._awake.set()
        if self._threaded:
            self._thread.join(FLUSH_SECONDS)
        self._threaded = False  # what is still said is written at once

    def _run(self) -> None:
        while not self._ended.is_set():
            self._awake.wait()
            self._ended.wait(PAUSE)
            self._awake.clear()
            self._write()

    def _write(self) -> None:
        while self._events or self.dropped > self._told:
            size = min(CHUNK, len(self._events))
            events = [self._events.popleft() for _ in range(size)]
            if self.dropped > self._told:
                events.append(self._loss())
            lines = [self._render({**event, **self._who}) for event in events]
            try:
                self._stream.write("\n".join([*lines, ""]))
                self._stream.flush()
            except (OSError, ValueError):  # nobody reads it any more, or it is closed
                self.dropped = self._told = self.dropped + size

    def _loss(self) -> Event:
        new, self._told = self.dropped - self._told, self.dropped
        text = f"{new} lines were dropped: standard error is too slow, or log_queue too small"
        return {"time": time.time(), "level": "warning", "logger": __name__, "event": text}
