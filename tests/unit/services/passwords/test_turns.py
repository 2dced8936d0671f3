import asyncio
from contextlib import suppress

import pytest

from ecg_service.domain.errors import Overloaded
from ecg_service.services.passwords.turns import TRUSTED, Rank, Turns

STRANGER: Rank = (True, 0)


class Work:
    """Work that takes its turn, and lasts until it is told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.ends = {name: asyncio.Event() for name in "abcdefgh"}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def _do(self, name: str, rank: Rank) -> None:
        async with self.turns.taken(rank):
            self.begun.append(name)
            await self.ends[name].wait()

    async def ask(self, name: str, rank: Rank = TRUSTED) -> None:
        self.tasks[name] = asyncio.create_task(self._do(name, rank))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def end(self, *names: str) -> None:
        for name in names:
            self.ends[name].set()
            await self.tasks[name]
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_strangers_leave_a_turn_to_the_trusted() -> None:
    work = Work(Turns(size=3, capacity=9))
    for name in "abc":
        await work.ask(name, STRANGER)
    assert work.begun == ["a", "b"]
    await work.ask("d")
    assert work.begun == ["a", "b", "d"]
    await work.end("d")
    assert work.begun == ["a", "b", "d"]
    await work.end("a")
    assert work.begun == ["a", "b", "d", "c"]
    await work.end("b", "c")


async def test_with_one_turn_strangers_come_after_the_trusted() -> None:
    work = Work(Turns(size=1, capacity=9))
    await work.ask("a", STRANGER)
    await work.ask("b", STRANGER)
    await work.ask("c")
    await work.end("a", "c", "b")
    assert work.begun == ["a", "c", "b"]


async def test_the_least_suspected_go_first_and_the_most_suspected_is_refused() -> None:
    work = Work(Turns(size=1, capacity=3))
    await work.ask("a")
    for name, suspicion in (("b", 2), ("c", 9), ("d", 0)):
        await work.ask(name, (True, suspicion))
    await work.ask("e", (True, 1))
    with pytest.raises(Overloaded):
        await work.tasks["c"]
    await work.ask("f", (True, 3))
    with pytest.raises(Overloaded):
        await work.tasks["f"]
    await work.end("a", "d", "e", "b")
    assert work.begun == ["a", "d", "e", "b"]


async def test_it_is_known_before_who_would_be_refused() -> None:
    work = Work(Turns(size=1, capacity=2))
    assert not work.turns.refuses((True, 9))
    for name, suspicion in (("a", 1), ("b", 2), ("c", 3)):
        assert not work.turns.refuses((True, suspicion))
        await work.ask(name, (True, suspicion))
    asked = [(True, 4), (True, 3), (True, 2), TRUSTED]
    assert [work.turns.refuses(rank) for rank in asked] == [True, True, False, False]
    await work.end("a", "b", "c")


async def test_equals_go_in_the_order_in_which_they_came() -> None:
    work = Work(Turns(size=1, capacity=9))
    for name in "abcd":
        await work.ask(name)
    await work.end(*"abcd")
    assert work.begun == [*"abcd"]


@pytest.mark.parametrize("gone", ["b", "a"], ids=["waiting", "at work"])
async def test_who_gives_up_leaves_the_turn_to_others(gone: str) -> None:
    work = Work(Turns(size=1, capacity=9))
    for name in "abc":
        await work.ask(name)
    work.tasks[gone].cancel()
    with suppress(asyncio.CancelledError):
        await work.tasks[gone]
    left = [name for name in "abc" if name != gone]
    await work.end(*left)
    assert work.begun == ["a", *(name for name in left if name != "a")]


async def test_who_gives_up_as_the_turn_comes_hands_it_on() -> None:
    work = Work(Turns(size=1, capacity=9))
    for name in "abc":
        await work.ask(name)
    work.ends["a"].set()
    await work.tasks["a"]  # the turn is b's now, who has not noticed
    work.tasks["b"].cancel()
    with suppress(asyncio.CancelledError):
        await work.tasks["b"]
    await work.end("c")
    assert work.begun[-1] == "c"


async def test_all_who_wait_may_give_up_at_once() -> None:
    work = Work(Turns(size=1, capacity=2))
    for name in "abc":
        await work.ask(name)
    work.ends["a"].set()
    for name in "bc":
        work.tasks[name].cancel()
    await work.ask("d")
    await work.ask("e")
    await work.end("a", "d", "e")
    assert work.begun == ["a", "d", "e"]


async def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(size=1, capacity=0)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="a fault"):
            async with turns.taken(STRANGER):
                raise RuntimeError("a fault")
