"""How the process manages memory and files while it serves."""

import asyncio
import ctypes
import gc
import logging
import resource
import time
from collections.abc import Callable, Mapping

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
KEPT_BYTES = 256 * 1024 * 1024
MAPPED_FROM = 32 * 1024 * 1024
GC_THRESHOLDS = (20_000, 20, 50)

logger = logging.getLogger(__name__)

OTHER_FILES = 128
"""Files that are open beside connections: the database's, pipes, and some to spare."""

IDLE = 0.1
"""The share of one processor up to which the process is idle."""


def share_heap() -> None:
    """Let all threads that start from now on use one heap.

    Of heaps of their own glibc keeps the end, up to 64 MiB each, even when it is told to trim.
    """
    _set({_M_ARENA_MAX: 1})


def tune() -> None:
    """Tune the garbage collector and the allocator; ARCHITECTURE.md has the measured effect.

    The garbage collector skips all objects created so far, which live as long as the process,
    and runs less often, since requests leave few cycles. glibc keeps freed memory; by default
    it returns each batch's to the system, and the next batch faults every page in again.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    _set({_M_TRIM_THRESHOLD: KEPT_BYTES, _M_MMAP_THRESHOLD: MAPPED_FROM})


def allow_files(connections: int) -> None:
    """Let the process open as many files as its connections need; the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + OTHER_FILES
    if _is_below(hard, needed):
        logger.warning("%d connections need %d open files, %d may be", connections, needed, hard)
        needed = hard
    if _is_below(soft, needed):
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _is_below(limit: int, needed: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < needed


async def trim_when_idle(seconds: float) -> None:
    """Return the memory that glibc keeps whenever the process was idle for so many seconds."""
    trim = _of_libc("malloc_trim")
    used = time.process_time()
    while trim is not None:
        await asyncio.sleep(seconds)
        before, used = used, time.process_time()
        if used - before < IDLE * seconds:
            await asyncio.to_thread(trim, 0)  # may take a tenth of a second for each gigabyte


def _set(options: Mapping[int, int]) -> None:
    if mallopt := _of_libc("mallopt"):
        for option, value in options.items():
            mallopt(option, value)


def _of_libc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
