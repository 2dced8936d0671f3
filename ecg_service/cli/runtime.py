"""The event loop of a command, its signals, and the log of one that serves."""

import asyncio
import logging
import signal
import time
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on uvloop; Ctrl-C cancels it, and it cleans up."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


@contextmanager
def interruptible() -> Generator[None]:
    """Let SIGTERM end the block like Ctrl-C, so that it cleans up."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def log_to_stderr(level: int, who: str = "") -> None:
    """Log one line per event to standard error, with the time in UTC and `who` of several it is."""
    formatter = logging.Formatter(
        f"%(asctime)s.%(msecs)03dZ %(levelname)s {who}%(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=bool(who))
    for chatty in ("uvicorn", "httpx", "celery", "kombu", "amqp"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
