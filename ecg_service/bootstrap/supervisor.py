"""Keeps several processes serving together: replaces those that die, and ends them all."""

import logging
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Self

from ecg_service.actors import RestartBudget, RestartPolicy
from ecg_service.bootstrap.children import Child, Serve

logger = logging.getLogger(__name__)

STOP = {signal.SIGTERM, signal.SIGINT}
SIGNALS = {*STOP, signal.SIGHUP, signal.SIGCHLD}
STEP_SECONDS = 0.05
RESTARTS = RestartPolicy(intensity=20, period=10.0)
"""More deaths than these are a fault that starting anew does not mend."""


class Stopped(Exception):
    """The supervisor has been told to stop."""


class StartFailed(Exception):
    """A process has ended, with this exit code, before it served."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class Supervisor:
    """So many processes, each at a place; their parent has one thread, so that it can fork."""

    def __init__(
        self, serve: Serve, number: int, *, start_seconds: float, stop_seconds: float
    ) -> None:
        self._serve = serve
        self._number = number
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._budget = RestartBudget(RESTARTS)
        self._serving: dict[int, Child] = {}
        self._all: list[Child] = []
        self._reload = False
        self._lifeline = os.pipe()

    def run(
        self,
        started: Callable[[], None],
        look: Callable[[Self], None],
        stopping: Callable[[], object],
    ) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP replaces all processes, one after the other.

        Calls `started` once all serve, `look` again and again, and `stopping` before it ends them.
        Raises `StartFailed` if one of the first cannot start, and `RestartLimitExceeded` if too many
        die.
        """
        with blocked_signals():
            try:
                self.start_all()
                started()
                self._watch(look)
            except Stopped:
                pass
            finally:
                stopping()
                self.stop_all()

    def start_all(self) -> None:
        """Start a process at every place, one after the other."""
        for place in range(self._number):
            self._serving[place] = self._started(place)

    def stop_all(self) -> None:
        """Let all end what they have begun, at the same time; kill those that take too long."""
        for child in self._all:
            child.process.terminate()
        until = time.monotonic() + self._stop_seconds
        for child in self._all:
            child.process.join(max(0.0, until - time.monotonic()))
            self._kill(child, "does not end")
        self._all.clear()
        self._serving.clear()

    def _watch(self, look: Callable[[Self], None]) -> None:
        while True:
            self._wait()
            look(self)
            for child in [*self._serving.values()]:
                if not child.process.is_alive():
                    self._replace_dead(child)
            if self._reload:
                self._reload = False
                self._replace_all()

    def _replace_dead(self, child: Child) -> None:
        logger.error("worker %d has died: exit code %s", child.place, child.process.exitcode)
        self._budget.spend()
        self._replace(child)

    def _replace_all(self) -> None:
        """Start the next at each place before the one that is there is told to end."""
        logger.info("replacing the workers")
        for child in [*self._serving.values()]:
            if not self._replace(child):
                return
            child.process.terminate()
            self._await_end(child)

    def _replace(self, child: Child) -> bool:
        """Start another process at the place of this one; return whether it serves."""
        try:
            self._serving[child.place] = self._started(child.place)
        except StartFailed as error:
            logger.error("worker %d cannot start: %s", child.place, error)  # noqa: TRY400 - it said why
            return False
        return True

    def _await_end(self, child: Child) -> None:
        until = time.monotonic() + self._stop_seconds
        while child.process.is_alive():
            if time.monotonic() >= until:
                self._kill(child, "does not end")
            self._wait()

    def _started(self, place: int) -> Child:
        """Fork a process, and wait until it serves."""
        self._all = [child for child in self._all if child.process.is_alive()]
        child = Child.forked(place, self._serve, self._lifeline)
        self._all.append(child)
        until = time.monotonic() + self._start_seconds
        while not child.serves:
            if time.monotonic() >= until:
                self._kill(child, "does not start")
            if not child.process.is_alive():
                raise StartFailed(child.process.exitcode or 0)
            self._wait()
        return child

    def _kill(self, child: Child, reason: str) -> None:
        if child.process.is_alive():
            logger.error("worker %d %s, and is killed", child.place, reason)
            child.process.kill()
            child.process.join()

    def _wait(self) -> None:
        """Wait for a signal, or a moment; raises `Stopped` if told to stop."""
        found = signal.sigtimedwait(SIGNALS, STEP_SECONDS)
        number = found.si_signo if found else None
        if number in STOP:
            raise Stopped
        self._reload |= number == signal.SIGHUP


@contextmanager
def blocked_signals() -> Generator[None]:
    """Keep signals for `sigtimedwait`, and drop those that come when it is over."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        for number in STOP:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
