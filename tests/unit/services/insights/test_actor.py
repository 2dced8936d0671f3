from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError, OutcomeUnknown, StorageUnavailable
from ecg_service.domain.insights import MAX_REASON_LENGTH, Insight, InsightRecord, InsightState
from ecg_service.domain.signals import Samples
from ecg_service.ports.insights import NEVER, InsightRepository, Unfinished
from tests.contract.builders import insights_of
from tests.unit.services.insights.pending import (
    LENGTH,
    OWNER,
    actor,
    constant,
    length,
    raising,
    record,
    stored,
)


class Panic(BaseException):
    """Not an `Exception`, as a panic of the core is not."""


async def test_pending_insights_are_computed_once(store: MemoryStore, core: RustCore) -> None:
    key = await stored(store, "length")
    worker = actor(store.insights, core, LENGTH)
    assert await worker.handle([key, uuid4(), key]) == [None] * 3
    assert await worker.handle([key]) == [None]
    assert await record(store, key) == InsightRecord(
        key, "length", 1, InsightState.DONE, attempts=1, result=[3]
    )


async def test_a_failing_insight_is_tried_again_and_then_says_why(
    store: MemoryStore, core: RustCore
) -> None:
    key = await stored(store, "length")
    worker = actor(store.insights, core, Insight("length", 1, raising(ValueError("no R peak"))))
    states: list[tuple[InsightState, int]] = []
    for _ in range(4):
        await worker.handle([key])
        found = await record(store, key)
        states.append((found.state, found.attempts))
    assert states == [
        (InsightState.PENDING, 1),
        (InsightState.PENDING, 2),
        (InsightState.FAILED, 3),
        (InsightState.FAILED, 3),
    ]
    assert (await record(store, key)).error == "ValueError: no R peak"


async def test_a_retry_that_succeeds_is_done(store: MemoryStore, core: RustCore) -> None:
    key = await stored(store, "length")
    for compute in (raising(OSError("once")), length):
        await actor(store.insights, core, Insight("length", 1, compute)).handle([key])
    found = await record(store, key)
    assert (found.state, found.attempts, found.result) == (InsightState.DONE, 2, [3])


async def test_a_long_reason_is_cut(store: MemoryStore, core: RustCore) -> None:
    key = await stored(store, "length")
    insight = Insight("length", 1, raising(ValueError("x" * 10_000)))
    await actor(store.insights, core, insight, max_attempts=1).handle([key])
    error = (await record(store, key)).error
    assert error is not None
    assert len(error) == MAX_REASON_LENGTH


@pytest.mark.parametrize("error", [Panic("poison"), SystemExit(1)], ids=repr)
async def test_poison_harms_no_ecg_of_the_same_batch(
    store: MemoryStore, core: RustCore, error: BaseException
) -> None:
    """A `BaseException` too fails only one insight of one ECG."""
    poison, good = await stored(store, "length"), await stored(store, "length")

    def compute(ecg: Ecg, signals: Sequence[Samples]) -> object:
        return (raising(error) if ecg.id == poison else length)(ecg, signals)

    worker = actor(store.insights, core, Insight("length", 1, compute), max_attempts=1)
    await worker.handle([poison, good])
    assert (await record(store, poison)).state is InsightState.FAILED
    assert (await record(store, good)).state is InsightState.DONE


class Killed(BaseException):
    """Ends the process in the middle of a run."""


@dataclass
class FlakyInsights(InsightRepository):
    """Raises an error instead of storing certain results."""

    inner: InsightRepository
    error: Callable[[Sequence[InsightRecord]], BaseException | None]
    pending: Any = None
    unfinished: Any = None
    now: Any = None
    claim: Any = None
    release: Any = None
    backfill: Any = None

    def __post_init__(self) -> None:
        inner = self.inner
        self.now, self.claim, self.release = inner.now, inner.claim, inner.release

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        if error := self.error(records):
            raise error
        await self.inner.finish(records)


async def restart(repository: InsightRepository, core: RustCore, *keys: UUID) -> None:
    """Let a new process compute what is pending, until it is done or killed."""
    await repository.release()
    insights = LENGTH, Insight("deadly", 1, constant("deadly"))
    with suppress(Killed):
        await actor(repository, core, *insights).handle(keys)


async def test_only_the_ecg_that_kills_the_process_is_given_up(
    store: MemoryStore, core: RustCore
) -> None:
    def kill(records: Sequence[InsightRecord]) -> Killed | None:
        ended = [one.ecg_id for one in records if one.state is InsightState.DONE]
        return Killed() if keys[2] in ended else None

    keys = [await stored(store, "length") for _ in range(5)]
    for _ in range(4):
        await restart(FlakyInsights(store.insights, kill), core, *keys)
        assert (await record(store, keys[2])).state is InsightState.RUNNING
    await restart(store.insights, core, *keys)
    found = [await record(store, key) for key in keys]
    assert [one.state.value for one in found] == ["done", "done", "failed", "done", "done"]
    assert (found[2].cut_short, found[2].failures) == (4, 1)
    assert found[2].error == "TimeoutError: no attempt came to an end"


async def test_being_killed_as_often_as_an_insight_may_fail_harms_no_healthy_one(
    store: MemoryStore, core: RustCore
) -> None:
    key = await stored(store, "length")
    for _ in range(3):
        await restart(
            FlakyInsights(store.insights, lambda ended: Killed() if ended else None), core, key
        )
    await restart(store.insights, core, key)
    found = await record(store, key)
    assert (found.state, found.attempts, found.cut_short) == (InsightState.DONE, 4, 3)


async def test_of_two_insights_of_an_ecg_only_the_deadly_one_is_given_up(
    store: MemoryStore, core: RustCore
) -> None:
    def kill(records: Sequence[InsightRecord]) -> Killed | None:
        return Killed() if any(one.result == "deadly" for one in records) else None

    key = await stored(store, "deadly", "length")
    for _ in range(6):
        await restart(FlakyInsights(store.insights, kill), core, key)
    states = {one.name: one.state.value for one in await insights_of(store, OWNER, key)}
    assert states == {"deadly": "failed", "length": "done"}


@pytest.mark.parametrize("error", [StorageUnavailable("down"), OutcomeUnknown("at the commit")])
async def test_results_that_could_not_be_stored_are_stored_with_the_next_batch(
    store: MemoryStore, core: RustCore, error: EcgError
) -> None:
    key, ran, errors = await stored(store, "length"), list[UUID](), [error]

    def fail(records: Sequence[InsightRecord]) -> EcgError | None:
        return errors.pop() if records and errors else None

    insight = Insight("length", 1, lambda ecg, _: ran.append(ecg.id))
    worker = actor(FlakyInsights(store.insights, fail), core, insight)
    with pytest.raises(type(error)):
        await worker.handle([key])
    assert (await record(store, key)).state is InsightState.RUNNING
    await worker.handle([uuid4()])
    assert (await record(store, key)).state is InsightState.DONE
    assert ran == [key]


async def test_a_damaged_ecg_fails_and_its_neighbours_do_not(
    store: MemoryStore, core: RustCore
) -> None:
    damaged, good = await stored(store, "length", blob=b"dust"), await stored(store, "length")
    await actor(store.insights, core, LENGTH, max_attempts=1).handle([damaged, good])
    found = await record(store, damaged)
    assert (found.state, (found.error or "").partition(":")[0]) == (
        InsightState.FAILED,
        "DamagedEcg",
    )
    assert (await record(store, good)).state is InsightState.DONE


async def test_an_insight_nobody_registered_fails(store: MemoryStore, core: RustCore) -> None:
    key = await stored(store, "gone")
    await actor(store.insights, core, LENGTH, max_attempts=1).handle([key])
    found = await record(store, key)
    assert (found.state, found.error) == (InsightState.FAILED, "KeyError: 'gone'")


async def test_one_failing_insight_leaves_the_others_of_its_ecg(
    store: MemoryStore, core: RustCore
) -> None:
    key = await stored(store, "bad", "length")
    bad = Insight("bad", 1, raising(ValueError("x")))
    await actor(store.insights, core, bad, LENGTH, max_attempts=1).handle([key])
    records = await insights_of(store, OWNER, key)
    assert [one.state for one in records] == [InsightState.FAILED, InsightState.DONE]


@dataclass(frozen=True)
class PickyInsights(InsightRepository):
    """Cannot read one of its ECGs."""

    inner: InsightRepository
    unreadable: UUID

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        return await self.inner.pending(limit=limit, since=since)

    async def unfinished(self) -> Unfinished:
        return await self.inner.unfinished()

    async def now(self) -> int:
        return await self.inner.now()

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> Any:
        if self.unreadable in ecg_ids:
            raise StorageUnavailable("a bad page")
        return await self.inner.claim(ecg_ids, now=now)

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        await self.inner.finish(records)

    async def release(self, *, claimed_before: int = NEVER) -> int:
        return await self.inner.release(claimed_before=claimed_before)

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        return await self.inner.backfill(name, version, limit=limit)


async def test_an_ecg_that_cannot_be_read_holds_no_other_up(
    store: MemoryStore, core: RustCore
) -> None:
    good, bad, fine = [await stored(store, "length") for _ in range(3)]
    repository = PickyInsights(store.insights, bad)
    await actor(repository, core, LENGTH, max_attempts=1).handle([good, bad, fine])
    states = [(await record(store, key)).state for key in (good, bad, fine)]
    assert states == [InsightState.DONE, InsightState.PENDING, InsightState.DONE]
