"""Takes hints from the broker, one message at a time, for the event loop to compute."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

import celery.exceptions  # pyright: ignore[reportMissingTypeStubs]
import celery.worker  # pyright: ignore[reportMissingTypeStubs]
import celery.worker.state  # pyright: ignore[reportMissingTypeStubs]

from ecg_service.actors import ActorStopped
from ecg_service.adapters.celery.app import TASK, TRACEPARENT, Broker, make_app, parked

logger = logging.getLogger(__name__)

_WorkController: Any = celery.worker.WorkController
_Reject: Any = celery.exceptions.Reject
_state: Any = celery.worker.state

Compute = Callable[[Sequence[UUID], bool, object], Awaitable[None]]
"""Computes what is pending of these ECGs; the others tell whether the hint came before, and its `traceparent`."""

MAX_IDS = 10_000
"""More ids than a message may have."""

LOOK_SECONDS = 1.0
"""How often an idle worker looks whether it is to stop."""


class Worker:
    """A thread that takes messages between `start` and `stop`; `ended` is set when it has ended.

    It calls `started`, in that thread, each time that the broker begins to deliver.
    A message is acknowledged when its ECGs are done, so that what a worker leaves undone is
    delivered again. One that is no hint is parked; one that fails is left to the sweeper.
    """

    def __init__(self, broker: Broker, compute: Compute, started: Callable[[], None]) -> None:
        self._compute = compute
        self._seconds = broker.seconds
        self._loop = asyncio.get_running_loop()
        self._app = make_app(broker)
        self._app.parked, self._app.started = parked(broker), started

        def take(task: Any, *args: object, **named: object) -> None:  # noqa: ANN401
            self._take(task.request, args, named)

        self._app.task(take, name=TASK, bind=True, shared=False)
        self._thread = threading.Thread(target=self._run, name="celery", daemon=True)
        self.ended = asyncio.Event()

    def start(self) -> None:
        """Begin to take messages, as soon as there is a broker."""
        _state.should_stop = None
        self._thread.start()

    def stop(self) -> None:
        """Take no more messages."""
        _state.should_stop = 0

    async def join(self) -> None:
        """Wait until the thread has ended, if it began, but not for ever for the broker."""
        self.stop()
        if not self._thread.ident:
            return
        try:
            async with asyncio.timeout(2 * LOOK_SECONDS + 3 * self._seconds):
                await self.ended.wait()
        except TimeoutError:
            logger.warning("the broker does not let go")

    def _run(self) -> None:
        logging.getLogger("celery.app.trace").setLevel(logging.ERROR)  # it traces each Reject
        try:
            self._app.set_current()  # of this thread, where its tasks are looked up
            worker = _WorkController(
                app=self._app,
                pool_cls="solo",
                concurrency=1,
                without_gossip=True,
                without_mingle=True,
                without_heartbeat=True,
            )
            worker.timer.call_repeatedly(LOOK_SECONDS, _state.maybe_shutdown)
            worker.start()
        finally:
            with suppress(RuntimeError):  # of a loop that is closed
                self._loop.call_soon_threadsafe(self.ended.set)

    def _take(self, request: Any, args: Sequence[object], named: object) -> None:  # noqa: ANN401
        try:
            ecg_ids = _ids_in(args, named)
        except (TypeError, ValueError):
            logger.error("a message without ids was parked")  # noqa: TRY400 - not what it says
            raise _Reject("not a list of ids", requeue=False) from None
        came_before = bool(request.delivery_info.get("redelivered"))
        traceparent = request.get(TRACEPARENT)
        done = asyncio.run_coroutine_threadsafe(
            self._done(ecg_ids, came_before, traceparent), self._loop
        )
        try:
            done.result()
        except ActorStopped:
            raise _Reject("this worker stops", requeue=True) from None

    async def _done(self, ecg_ids: Sequence[UUID], came_before: bool, traceparent: object) -> None:  # noqa: FBT001
        try:
            await self._compute(ecg_ids, came_before, traceparent)
        except ActorStopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the insights are still pending
            logger.warning("a hint is left to the sweeper: %s", type(error).__name__)


def _ids_in(args: Sequence[object], named: object) -> list[UUID]:
    [ids] = args
    if named or not isinstance(ids, list):
        raise TypeError
    texts = cast("list[object]", ids)
    if not 0 < len(texts) <= MAX_IDS or not all(isinstance(text, str) for text in texts):
        raise ValueError
    return [UUID(cast("str", text)) for text in texts]
