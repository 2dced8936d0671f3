"""Asynchronous work for callers that block, whether or not their thread has an event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the work to its end in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def iterate(begin: Callable[[], AsyncIterator[T]]) -> Generator[T]:
    """Yield what the iterator does; it runs in a thread of its own, while it is asked."""
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        items = begin()
        try:
            while found := thread.submit(runner.run, _next(items)).result():
                yield found[0]
        finally:
            thread.submit(runner.close).result()


async def _next(items: AsyncIterator[T]) -> tuple[T] | None:
    async for item in items:
        return (item,)
    return None
