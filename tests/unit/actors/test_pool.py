"""The guarantees of docs/runtime-semantics.md, each in its own test."""

import asyncio
import logging
import math
import weakref
from collections.abc import Callable, Sequence
from itertools import chain

import pytest

from ecg_service.actors import (
    Actor,
    ActorPool,
    ActorStopped,
    MailboxFull,
    MessageExpired,
    PoolStatistics,
    RestartLimitExceeded,
    RestartPolicy,
)
from tests.clock import at_once


class Refused(Exception):
    """An expected error."""


class Recorder(Actor[str, str]):
    """Answers in upper case, behind a gate; what it was handed is in `batches`."""

    def __init__(self, *, closed: bool = False) -> None:
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        if not closed:
            self.gate.set()

    async def handle(self, batch: Sequence[str], /) -> Sequence[str | Exception]:
        self.batches.append(list(batch))
        await self.gate.wait()
        if "crash" in batch:
            raise ValueError("crash")
        if "refuse all" in batch:
            raise Refused
        return [Refused(message) if message == "refuse" else message.upper() for message in batch]


def pool_of(
    factory: Callable[[], Recorder],
    *,
    size: int = 1,
    capacity: int = 100,
    batch: int = 1,
    intensity: int = 3,
    drain_timeout: float = 5.0,
    by_sender: bool = False,
    by_length: bool = False,
    max_expected_wait: float = math.inf,
    max_wait: float | None = None,
) -> ActorPool[str, str]:
    """Return a pool; the sender of a message is its first character, and its weight its length."""
    return ActorPool(
        factory,
        size=size,
        capacity=capacity,
        batch=batch,
        sender=(lambda message: message[0]) if by_sender else None,
        weigh=len if by_length else None,
        max_expected_wait=max_expected_wait,
        max_wait=max_wait,
        expected=(Refused,),
        restarts=RestartPolicy(intensity=intensity, period=60.0),
        drain_timeout=drain_timeout,
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - any condition of a pool
            await asyncio.sleep(0)


async def test_ask_answers_and_tell_does_not_wait() -> None:
    actor = Recorder()
    async with pool_of(lambda: actor) as pool:
        assert await pool.ask("a") == "A"
        pool.tell("b")
        assert actor.batches == [["a"]]
    assert actor.batches == [["a"], ["b"]]


async def test_messages_come_in_order_and_all_that_wait_come_together() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=3) as pool:
        asks = [asyncio.create_task(pool.ask(message)) for message in "abcdefgh"]
        await until(lambda: len(actor.batches) == 1)
        actor.gate.set()
        assert await asyncio.gather(*asks) == list("ABCDEFGH")
    assert [*chain(*actor.batches)] == list("abcdefgh")
    assert max(map(len, actor.batches)) == 3


async def test_a_batch_takes_what_is_there_and_waits_for_nothing() -> None:
    actor = Recorder()
    async with pool_of(lambda: actor, batch=32) as pool:
        assert await pool.ask("alone") == "ALONE"
    assert actor.batches == [["alone"]]


async def test_a_full_mailbox_refuses_and_keeps_what_it_holds() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, capacity=2) as pool:
        pool.tell("running")
        await until(lambda: len(actor.batches) == 1)
        pool.tell("first")
        waiting = asyncio.create_task(pool.ask("second"))
        await until(lambda: pool.statistics().waiting == 2)
        with pytest.raises(MailboxFull):
            pool.tell("third")
        with pytest.raises(MailboxFull):
            await pool.ask("third")
        actor.gate.set()
        assert await waiting == "SECOND"
    assert actor.batches == [["running"], ["first"], ["second"]]


async def test_senders_take_turns_and_each_keeps_its_order() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=3, by_sender=True) as pool:
        pool.tell("running")
        await until(lambda: len(actor.batches) == 1)
        for message in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
            pool.tell(message)
        actor.gate.set()
    assert actor.batches[1:] == [["a1", "b1", "c1"], ["a2", "b2", "a3"], ["a4"]]


async def waiting(pool: ActorPool[str, str], actor: Recorder, *messages: str) -> None:
    """Let the messages wait behind one that runs."""
    pool.tell("r")
    await until(lambda: len(actor.batches) == 1)
    for message in messages:
        pool.tell(message)


async def test_a_message_takes_as_many_turns_as_it_weighs() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=3, by_sender=True, by_length=True) as pool:
        await waiting(pool, actor, "aaa", "aa", "b", "b", "c", "b", "b", "c")
        assert pool.statistics().waiting == 11
        actor.gate.set()
    assert actor.batches[1:] == [["aaa"], ["b", "c", "b"], ["c", "b"], ["aa", "b"]]


class Greedy(Recorder):
    """Sends its sender's message again as soon as it is taken, twice."""

    again: Callable[[str], None]

    async def handle(self, batch: Sequence[str], /) -> Sequence[str | Exception]:
        if batch == ["aa"] and self.batches.count(["aa"]) < 2:
            self.again("aa")
        return await super().handle(batch)


async def test_turns_are_owed_by_who_has_nothing_waiting() -> None:
    actor = Greedy(closed=True)
    async with pool_of(lambda: actor, batch=2, by_sender=True, by_length=True) as pool:
        await waiting(pool, actor, "aa", *["b"] * 5)
        actor.again = pool.tell
        actor.gate.set()
        await until(lambda: actor.batches.count(["aa"]) == 3)
    assert actor.batches[1:] == [["aa"], ["b", "b"], ["aa"], ["b", "b"], ["aa"], ["b"]]


async def test_a_message_that_weighs_more_than_a_batch_comes_alone() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=2, capacity=9, by_length=True) as pool:
        await waiting(pool, actor, "a", "b" * 7, "c")
        assert not pool.has_room()
        actor.gate.set()
    assert actor.batches[1:] == [["a"], ["b" * 7], ["c"]]


@pytest.mark.parametrize(("sent", "room"), [(0, 4), (4, 4), (6, 2), (7, 1), (8, 0)])
async def test_there_is_room_for_at_most_a_batch(sent: int, room: int) -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=4, capacity=16, by_sender=True) as pool:
        await waiting(pool, actor, *["a"] * sent)
        assert pool.room("a") == room
        assert pool.room("b") == min(4, 8 - sent // 2)
        actor.gate.set()
    assert pool.room("a") == 0


async def test_no_sender_has_more_waiting_than_stay_free_for_others() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, capacity=8, by_sender=True) as pool:
        pool.tell("running")
        await until(lambda: len(actor.batches) == 1)
        took = {sender: taken(pool, [sender] * 9) for sender in "abc"}
        assert took == {"a": 4, "b": 2, "c": 1}
        assert not pool.has_room("a")
        assert pool.has_room("d")
        pool.tell("d")
        assert not pool.has_room("e")
        actor.gate.set()


def taken(pool: ActorPool[str, str], messages: Sequence[str], *, by_sender: bool = True) -> int:
    """Tell the pool these messages, and return how many it took."""
    senders = [message[0] if by_sender else None for message in messages]
    for place, (message, sender) in enumerate(zip(messages, senders, strict=True)):
        if not pool.has_room(sender):
            with pytest.raises(MailboxFull):
                pool.tell(message)
            return place
        pool.tell(message)
    return len(messages)


class Slow(Recorder):
    """Takes a second for a batch."""

    async def handle(self, batch: Sequence[str], /) -> Sequence[str | Exception]:
        await asyncio.sleep(1)
        return await super().handle(batch)


@pytest.mark.parametrize(
    ("seconds", "most"), [(0, 20), (1, 20), (2.5, 25), (3, 30), (99, 100), (math.inf, 100)]
)
@pytest.mark.parametrize("after", [False, True])
def test_no_more_wait_than_are_taken_in_time_or_fill_two_batches(
    seconds: float, most: int, *, after: bool
) -> None:
    """Whether a batch has taken a second, or one has run for a second and goes on."""

    async def scenario() -> tuple[int, float]:
        actor = Slow() if after else Recorder(closed=True)
        async with pool_of(lambda: actor, batch=10, max_expected_wait=seconds) as pool:
            pool.tell("first")
            await asyncio.sleep(1)
            actor.gate.set()
            if after:
                await until(lambda: pool.statistics().handled == 1)
                await asyncio.sleep(0)
            return taken(pool, ["m"] * 101, by_sender=False), pool.statistics().most

    assert at_once(scenario()) == (most, most)


def test_who_has_few_messages_waiting_is_taken_when_another_is_refused() -> None:
    async def scenario() -> list[int]:
        actor = Recorder(closed=True)
        async with pool_of(
            lambda: actor, batch=4, capacity=1000, by_sender=True, max_expected_wait=4
        ) as pool:
            pool.tell("running")
            await asyncio.sleep(1)
            took = [taken(pool, [sender] * 50) for sender in "abcdef"]
            actor.gate.set()
            return took

    assert at_once(scenario()) == [8, 4, 2, 1, 1, 0]


def test_what_the_next_batch_takes_may_be_of_one_sender() -> None:
    async def scenario() -> list[int]:
        actor = Recorder(closed=True)
        async with pool_of(lambda: actor, batch=4, by_sender=True, max_expected_wait=1) as pool:
            pool.tell("running")
            await asyncio.sleep(9)
            took = [taken(pool, [sender] * 50) for sender in "abcde"]
            actor.gate.set()
            return took

    assert at_once(scenario()) == [4, 2, 1, 1, 0]


def test_an_ask_that_waits_too_long_is_refused_in_time_and_never_handled() -> None:
    actor = Recorder(closed=True)

    async def asked(pool: ActorPool[str, str], message: str, after: float) -> tuple[str, float]:
        await asyncio.sleep(after)
        try:
            return await pool.ask(message), asyncio.get_running_loop().time()
        except MessageExpired:
            return "expired", asyncio.get_running_loop().time()

    async def scenario() -> list[tuple[str, float]]:
        async with pool_of(lambda: actor, max_wait=10.0) as pool:
            asks = [asked(pool, message, n) for n, message in enumerate(["run", "a", "b", "c"])]
            pool.tell("told")
            answers = asyncio.gather(*asks, asked(pool, "late", 11.5))
            await asyncio.sleep(12.5)
            actor.gate.set()
            return await answers

    assert at_once(scenario()) == [
        ("expired", 10.0),
        ("expired", 11.0),
        ("expired", 12.0),
        ("C", 12.5),
        ("LATE", 12.5),
    ]
    assert actor.batches == [["told"], ["c"], ["late"]]


def test_a_message_expires_as_well_when_none_has_waited_for_a_while() -> None:
    actor = Recorder(closed=True)

    async def scenario() -> list[float]:
        ended = list[float]()
        async with pool_of(lambda: actor, max_wait=10.0) as pool:
            pool.tell("told")
            for _ in range(2):
                await asyncio.sleep(5)
                with pytest.raises(MessageExpired):
                    await pool.ask("late")
                ended.append(asyncio.get_running_loop().time())
            actor.gate.set()
        return ended

    assert at_once(scenario()) == [15.0, 30.0]


def test_messages_of_several_senders_expire_each_in_time() -> None:
    actor = Recorder(closed=True)

    async def scenario() -> list[float]:
        async with pool_of(lambda: actor, by_sender=True, max_wait=10.0) as pool:
            pool.tell("told")

            async def expired(message: str, after: float) -> float:
                await asyncio.sleep(after)
                with pytest.raises(MessageExpired):
                    await pool.ask(message)
                return asyncio.get_running_loop().time()

            ended = await asyncio.gather(expired("a", 0), expired("b", 1), expired("c", 5))
            actor.gate.set()
        return [*ended]

    assert at_once(scenario()) == [10.0, 11.0, 15.0]


async def test_an_expected_error_in_the_answer_reaches_its_asker_only() -> None:
    async with pool_of(Recorder, batch=3, intensity=0) as pool:
        good, bad, also_good = await asyncio.gather(
            pool.ask("a"), pool.ask("refuse"), pool.ask("b"), return_exceptions=True
        )
        assert (good, also_good) == ("A", "B")
        assert isinstance(bad, Refused)


async def test_an_expected_error_of_the_whole_batch_spends_no_restart() -> None:
    actors: list[Recorder] = []

    def factory() -> Recorder:
        actors.append(Recorder())
        return actors[-1]

    async with pool_of(factory, intensity=0) as pool:
        for _ in range(10):
            with pytest.raises(Refused):
                await pool.ask("refuse all")
        assert await pool.ask("a") == "A"
    assert len(actors) == 1


async def test_an_unexpected_error_reaches_the_asker_and_replaces_the_actor() -> None:
    actors: list[Recorder] = []

    def factory() -> Recorder:
        actors.append(Recorder())
        return actors[-1]

    async with pool_of(factory, intensity=1) as pool:
        with pytest.raises(ValueError, match="crash"):
            await pool.ask("crash")
        assert await pool.ask("a") == "A"
    assert len(actors) == 2


async def test_more_failures_than_the_budget_end_the_block() -> None:
    with pytest.RaisesGroup(RestartLimitExceeded):
        async with pool_of(Recorder, intensity=2) as pool:
            for _ in range(3):
                with pytest.raises(ValueError, match="crash"):
                    await pool.ask("crash")
            await asyncio.Event().wait()


async def test_after_the_budget_is_spent_messages_are_refused() -> None:
    actor = Recorder(closed=True)
    pool = pool_of(lambda: actor, intensity=0)
    asks: list[asyncio.Task[str]] = []
    with pytest.RaisesGroup(RestartLimitExceeded):
        async with pool:
            asks.extend(asyncio.create_task(pool.ask(message)) for message in ("crash", "b"))
            await until(lambda: pool.statistics().waiting == 1)
            actor.gate.set()
            try:
                await asyncio.Event().wait()
            finally:
                with pytest.raises(ActorStopped):
                    pool.tell("while the block ends")
    crashed, waited = await asyncio.gather(*asks, return_exceptions=True)
    assert isinstance(crashed, ValueError)
    assert isinstance(waited, ActorStopped)
    assert not pool.running
    with pytest.raises(ActorStopped):
        pool.tell("late")


async def test_too_few_replies_are_a_fault_of_the_actor() -> None:
    class Forgetful(Recorder):
        async def handle(self, batch: Sequence[str], /) -> Sequence[str | Exception]:
            return ["only one"]

    async with pool_of(Forgetful, batch=2) as pool:
        answers = await asyncio.gather(pool.ask("a"), pool.ask("b"), return_exceptions=True)
    assert all(isinstance(answer, RuntimeError) for answer in answers)


async def test_leaving_the_block_drains_the_mailbox() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=2) as pool:
        asks = [asyncio.create_task(pool.ask(message)) for message in "abcde"]
        await until(lambda: pool.statistics().waiting == 3)
        actor.gate.set()
    assert await asyncio.gather(*asks) == list("ABCDE")


async def test_no_message_is_taken_while_draining() -> None:
    actor = Recorder(closed=True)
    pool = pool_of(lambda: actor)
    async with pool:
        pool.tell("a")
        await until(lambda: len(actor.batches) == 1)
        late = asyncio.get_running_loop().create_future()

        def try_late() -> None:
            with pytest.raises(ActorStopped):
                pool.tell("late")
            actor.gate.set()
            late.set_result(None)

        asyncio.get_running_loop().call_later(0.01, try_late)
    assert late.done()
    assert actor.batches == [["a"]]


async def test_what_the_drain_timeout_cuts_off_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    actor = Recorder(closed=True)
    with caplog.at_level(logging.WARNING):
        async with pool_of(lambda: actor, drain_timeout=0.01) as pool:
            asks = [asyncio.create_task(pool.ask(message)) for message in "abc"]
            await until(lambda: pool.statistics().waiting == 2)
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert all(isinstance(answer, ActorStopped) for answer in answers)
    assert "unhandled" in caplog.text


async def test_an_exception_in_the_block_stops_the_actors_at_once() -> None:
    actor = Recorder(closed=True)
    asks: list[asyncio.Task[str]] = []

    async def fail_with_work_waiting() -> None:
        async with asyncio.timeout(5), pool_of(lambda: actor, drain_timeout=3600) as pool:
            asks.extend(asyncio.create_task(pool.ask(message)) for message in "ab")
            await until(lambda: pool.statistics().waiting == 1)
            raise KeyError

    with pytest.raises(KeyError):
        await fail_with_work_waiting()
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert all(isinstance(answer, ActorStopped) for answer in answers)
    assert actor.batches == [["a"]]


async def test_an_abandoned_ask_is_skipped() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=4) as pool:
        pool.tell("running")
        await until(lambda: len(actor.batches) == 1)
        abandoned = asyncio.create_task(pool.ask("abandoned"))
        kept = asyncio.create_task(pool.ask("kept"))
        await until(lambda: pool.statistics().waiting == 2)
        abandoned.cancel()
        await until(abandoned.done)
        actor.gate.set()
        assert await kept == "KEPT"
    assert actor.batches == [["running"], ["kept"]]


async def test_an_ask_given_up_while_it_runs_harms_nobody() -> None:
    actor = Recorder(closed=True)
    async with pool_of(lambda: actor, batch=2, intensity=0) as pool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await pool.ask("slow")
        actor.gate.set()
        assert await pool.ask("next") == "NEXT"


async def test_actors_share_one_mailbox() -> None:
    actors = [Recorder(closed=True), Recorder(closed=True)]
    unused = iter(actors)
    async with pool_of(lambda: next(unused), size=2) as pool:
        asks = [asyncio.create_task(pool.ask(message)) for message in "abc"]
        await until(lambda: pool.statistics().waiting == 1)
        actors[1].gate.set()
        await until(lambda: pool.statistics().waiting == 0)
        assert len(actors[0].batches) == 1
        actors[0].gate.set()
        assert await asyncio.gather(*asks) == list("ABC")


async def test_a_failed_tell_is_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with pool_of(Recorder) as pool:
        pool.tell("refuse")
    assert "Refused" in caplog.text
    assert "refuse" not in caplog.text.replace("Refused", "")


async def test_a_pool_takes_nothing_before_it_is_entered() -> None:
    pool = pool_of(Recorder)
    assert not pool.running
    with pytest.raises(ActorStopped):
        pool.tell("early")


async def test_statistics_tell_what_waits_runs_and_was_handled() -> None:
    gate = asyncio.Event()

    class Gated(Actor[int, int]):
        async def handle(self, batch: Sequence[int], /) -> Sequence[int]:
            await gate.wait()
            if 0 in batch:
                raise RuntimeError
            return batch

    async with ActorPool(Gated, size=1, capacity=5) as pool:
        asked = [asyncio.ensure_future(pool.ask(number)) for number in (1, 0, 2)]
        await until(lambda: pool.statistics().busy == 1)
        assert pool.statistics() == PoolStatistics(
            running=True, size=1, busy=1, waiting=2, capacity=5, handled=0, restarts=0, most=5
        )
        gate.set()
        await asyncio.wait(asked)
        now = pool.statistics()
        assert (now.busy, now.waiting, now.handled, now.restarts) == (0, 0, 3, 1)
        assert isinstance(asked[1].exception(), RuntimeError)
    assert not pool.statistics().running


async def test_a_batch_that_meets_the_end_is_handled_and_the_pool_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handled: list[str] = []

    class Keeping(Actor[str, None]):
        async def handle(self, batch: Sequence[str], /) -> Sequence[None]:
            handled.extend(batch)
            return [None] * len(batch)

    async with ActorPool(Keeping, size=1, capacity=9, batch=9, drain_timeout=0.5) as pool:
        for message in "abc":
            pool.tell(message)
    assert handled == ["a", "b", "c"]
    assert caplog.records == []
    assert pool.statistics().waiting == 0


class Large:
    """A message that takes memory."""


async def test_a_handled_message_is_not_kept_while_the_next_is_waited_for() -> None:
    class Handler(Actor[Large, None]):
        async def handle(self, batch: Sequence[Large], /) -> Sequence[None]:
            return [None] * len(batch)

    async with ActorPool(Handler, size=1, capacity=1) as pool:
        message = Large()
        kept = weakref.ref(message)
        await pool.ask(message)
        del message
        await until(lambda: kept() is None)


class Refuser(Actor[Large, str]):
    """Refuses each message as an expected error, raised or returned."""

    def __init__(self, *, raises: bool) -> None:
        self.raises = raises

    async def handle(self, batch: Sequence[Large], /) -> Sequence[Exception]:
        if self.raises:
            raise Refused
        return [Refused() for _ in batch]


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.usefixtures("uncollected")
async def test_a_message_that_failed_is_not_kept(*, raises: bool) -> None:
    async with ActorPool(
        lambda: Refuser(raises=raises), size=1, capacity=1, expected=(Refused,)
    ) as pool:
        message = Large()
        kept = weakref.ref(message)
        with pytest.raises(Refused):
            await pool.ask(message)
        del message
        await until(lambda: kept() is None)
