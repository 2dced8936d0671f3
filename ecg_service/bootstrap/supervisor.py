"""Keeps several processes serving together: replaces those that die, and ends them all."""

import logging
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Self

from ecg_service.actors import RestartBudget, RestartPolicy
from ecg_service.bootstrap.children import Child, Place, Serve, Ties

logger = logging.getLogger(__name__)

STOP = {signal.SIGTERM, signal.SIGINT}
SIGNALS = {*STOP, signal.SIGHUP, signal.SIGCHLD}
STEP_SECONDS = 0.05
RESTARTS = RestartPolicy(intensity=20, period=10.0)
"""More deaths of processes that served are a fault that starting anew does not mend."""


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
        self,
        serve: Serve,
        number: int,
        *,
        start_seconds: float,
        stop_seconds: float,
        unready_seconds: float = 0.0,
    ) -> None:
        self._serve = serve
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._budget = RestartBudget(RESTARTS)
        self._places = [Place(place) for place in range(number)]
        self._ending: dict[Child, float] = {}
        self._to_replace: list[Place] = []
        self._ties = Ties()
        self._unready_seconds = unready_seconds

    def run(
        self,
        started: Callable[[], None],
        look: Callable[[Self], None],
        stopping: Callable[[], object],
    ) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP replaces all processes, one after the other.

        Calls `started` once all serve, `look` again and again, and `stopping` before it ends them.
        Raises `StartFailed` if one of the first cannot start, or none serves and the next cannot, and
        `RestartLimitExceeded` if too many die.
        """
        with blocked_signals():
            try:
                self.start_all()
                started()
                while True:
                    self._wait()
                    look(self)
                    self._step()
            except Stopped:
                self._drain()
            finally:
                stopping()
                self.stop_all()

    def _drain(self) -> None:
        """Let the processes say for a while that they are not ready."""
        self._ties.draining.value = True
        until = time.monotonic() + self._unready_seconds
        while time.monotonic() < until:
            signal.sigtimedwait(SIGNALS, STEP_SECONDS)

    def start_all(self) -> None:
        """Start a process at every place, one after the other."""
        for place in self._places:
            self._start(place)
            while child := place.starting:
                self._wait()
                self._look_after_start(place, child, is_first=True)

    def stop_all(self) -> None:
        """Let all end what they have begun, at the same time; kill those that take too long."""
        for place in self._places:
            for child in (place.serving, place.starting):
                self._end(child)
            place.serving = place.starting = None
        while self._ending:
            time.sleep(STEP_SECONDS)
            self._reap()

    def _step(self) -> None:
        self._reap()
        for place in self._places:
            if child := place.starting:
                self._look_after_start(place, child)
            elif not place.is_served:
                self._replace_dead(place)
        if self._to_replace and not self._ending and not any(p.starting for p in self._places):
            self._start(self._to_replace.pop(0))

    def _replace_dead(self, place: Place) -> None:
        if child := place.serving:
            place.serving = None
            logger.error("worker %d has died: exit code %s", place.number, child.process.exitcode)
            self._budget.spend()
        if time.monotonic() >= place.until:
            self._start(place)

    def _start(self, place: Place) -> None:
        place.starting = Child.forked(place.number, self._serve, self._ties)
        place.until = time.monotonic() + self._start_seconds

    def _look_after_start(self, place: Place, child: Child, *, is_first: bool = False) -> None:
        if child.serves:
            self._end(place.promote(child))
        elif not child.process.is_alive():
            self._give_up(place, child, is_first=is_first)
        elif time.monotonic() >= place.until:
            self._kill(child, "does not start")

    def _give_up(self, place: Place, child: Child, *, is_first: bool) -> None:
        """Leave the place to whoever serves there, or try again later."""
        place.starting, code = None, child.process.exitcode or 0
        if is_first or not any(other.is_served for other in self._places):
            raise StartFailed(code)
        logger.error("worker %d cannot start: exit code %d", place.number, code)
        self._to_replace.clear()
        place.postpone()

    def _end(self, child: Child | None) -> None:
        """Let a process end what it has begun."""
        if child is not None:
            child.process.terminate()
            self._ending[child] = time.monotonic() + self._stop_seconds

    def _reap(self) -> None:
        """Forget the processes that have ended; kill those that take too long."""
        for child, until in [*self._ending.items()]:
            if time.monotonic() >= until:
                self._kill(child, "does not end")
            if not child.process.is_alive():
                del self._ending[child]

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
        if number == signal.SIGHUP:
            logger.info("replacing the workers")
            self._to_replace = [*self._places]


@contextmanager
def blocked_signals() -> Generator[None]:
    """Keep signals for `sigtimedwait`, and drop those that come when it is over.

    SIGHUP is ignored by those who are forked, too: a terminal sends it to all when it closes.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        for number in STOP:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
