import asyncio
import os
import sys
import threading
import weakref
from contextlib import closing

import pytest

from ecg_service.actors import Threads, ThreadsFull, ThreadsStatistics


async def test_calls_run_off_the_event_loop_and_answer() -> None:
    threads = Threads("t", size=1, capacity=1)
    assert await threads.run(threading.get_ident) != threading.get_ident()
    assert await threads.run(int, "12", base=8) == 10
    threads.close()


async def test_exceptions_come_through() -> None:
    threads = Threads("t", size=1, capacity=0)
    with pytest.raises(ValueError, match="invalid literal"):
        await threads.run(int, "x")
    assert await threads.run(int, "1") == 1
    threads.close()


async def test_one_call_too_many_is_refused_and_the_others_go_on() -> None:
    threads, gate = Threads("t", size=1, capacity=1), threading.Event()
    calls = [asyncio.create_task(threads.run(gate.wait, 5)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(ThreadsFull):
        await threads.run(int)
    gate.set()
    assert await asyncio.gather(*calls) == [True, True]
    assert await threads.run(int) == 0
    threads.close()


async def test_a_cancelled_call_that_waits_never_runs_and_frees_its_place() -> None:
    threads, gate, ran = Threads("t", size=1, capacity=1), threading.Event(), threading.Event()
    running = asyncio.create_task(threads.run(gate.wait, 5))
    waiting = asyncio.create_task(threads.run(ran.set))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()
    await running
    assert await threads.run(int) == 0
    threads.close()
    assert not ran.is_set()


async def test_close_waits_for_what_runs_and_refuses_what_comes() -> None:
    threads, done = Threads("t", size=1, capacity=1), threading.Event()
    started = threading.Event()

    def work() -> None:
        started.set()
        done.wait(0.05)
        done.set()

    call = asyncio.create_task(threads.run(work))
    await asyncio.to_thread(started.wait, 5)
    threads.close()
    assert done.is_set()
    await call
    with pytest.raises(RuntimeError):
        await threads.run(int)


async def test_statistics_tell_how_many_calls_run_and_wait() -> None:
    threads, gate = Threads("t", size=2, capacity=3), threading.Event()
    assert threads.statistics() == ThreadsStatistics(size=2, busy=0, waiting=0, capacity=3)
    calls = [asyncio.create_task(threads.run(gate.wait, 5)) for _ in range(3)]
    await asyncio.sleep(0)
    assert threads.statistics() == ThreadsStatistics(size=2, busy=2, waiting=1, capacity=3)
    gate.set()
    await asyncio.gather(*calls)
    threads.close()
    assert threads.statistics() == ThreadsStatistics(size=2, busy=0, waiting=0, capacity=3)


async def test_a_call_refused_after_the_end_holds_no_place() -> None:
    threads = Threads("t", size=1, capacity=0)
    threads.close()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await threads.run(int)
    assert threads.statistics().busy == 0


class Large:
    """An argument that takes memory."""


@pytest.mark.usefixtures("uncollected")
async def test_what_a_failed_call_was_given_is_not_kept() -> None:
    def fail(_: Large) -> None:
        raise ValueError

    threads, given = Threads("t", size=1, capacity=0), Large()
    kept = weakref.ref(given)
    with pytest.raises(ValueError):  # noqa: PT011 - it is the one above
        await threads.run(fail, given)
    del given
    threads.close()
    await asyncio.sleep(0)  # the callback of the future is under way
    assert kept() is None


@pytest.mark.skipif(sys.platform != "linux", reason="only there has each thread a priority")
async def test_calls_may_give_way_to_the_event_loop() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    with closing(Threads("t", size=2, capacity=0, niceness=5)) as threads:
        assert await asyncio.gather(*(threads.run(niceness) for _ in range(2))) == [before + 5] * 2
    with closing(Threads("t", size=1, capacity=0)) as threads:
        assert await threads.run(niceness) == before
    assert niceness() == before
