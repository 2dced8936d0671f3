"""Blocking calls off the event loop, for all adapters."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ecg_service.actors import Threads, ThreadsFull
from ecg_service.domain.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(
    threads: Threads, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call the function in one of the threads, or raise `Overloaded` if their queue is full."""
    try:
        return await threads.run(function, *args, **kwargs)
    except ThreadsFull as error:
        raise Overloaded from error
