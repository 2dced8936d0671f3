import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from ecg_service.actors import Actor, ActorPool
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.domain.errors import EcgError, Malformed, Overloaded, TooLarge
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.formats.json import Json
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight
from ecg_service.services.ingest.batches import Batch, BatchLimits, Outcome
from ecg_service.services.ingest.submissions import Answers, Ingest, Receipt, Submission
from ecg_service.services.insights.backlog import Backlog

ANN, BOB = (Principal(name, Role.USER) for name in ("ann", "bob"))
JSON = Json()


class Numbered(Actor[Submission, Answers]):
    """Answers the document n with the id n, and others with an error, when it is let."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.batches: list[list[int]] = []

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Answers]:
        self.batches.append([len(one.documents) for one in batch])
        await self.go_on.wait()
        return [[self._answer(each.strip()) for each in one.documents] for one in batch]

    def _answer(self, document: bytes) -> Receipt | EcgError:
        return Receipt(UUID(int=int(document))) if document.isdigit() else Malformed()


class Desk:
    """A pool with one actor, and what was told of a batch."""

    def __init__(self, pool: ActorPool[Submission, Answers], actor: Numbered, room: int) -> None:
        self.actor = actor
        self.in_flight = BodiesInFlight(room * MEMORY_PER_BYTE)
        backlog = Backlog(MemoryInsights({}), max_seconds=60)
        self.ingest = Ingest(pool, self.in_flight, backlog)
        self.told: list[Outcome] = []

    def batch(self, *, window: int = 9, wait_seconds: float = 60) -> Batch:
        limits = BatchLimits(window, wait_seconds, max_items=99, max_together=99)
        return Batch(self.ingest, ANN, JSON, self.told.extend, limits)

    @property
    def kinds(self) -> list[int | type[BaseException]]:
        return [one.ecg_id.int if isinstance(one, Receipt) else type(one) for one in self.told]

    @property
    def bodies(self) -> int:
        return self.in_flight.statistics().bodies


@asynccontextmanager
async def desk(*, room: int = 1000, capacity: int = 99) -> AsyncGenerator[Desk]:
    actor = Numbered()
    async with ActorPool[Submission, Answers](
        lambda: actor,
        size=1,
        capacity=capacity,
        batch=32,
        weigh=lambda one: one.weight,
        expected=(EcgError,),
    ) as pool:
        yield Desk(pool, actor, room)
        actor.go_on.set()


async def put_each(batch: Batch, *documents: bytes) -> None:
    for document in documents:
        await batch.put([document])


async def settled() -> None:
    """Let everything happen that waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_every_item_is_told_in_order() -> None:
    async with desk() as at:
        batch = at.batch()
        await put_each(batch, b"1", b"x")
        batch.refuse(TooLarge())
        await put_each(batch, b"2")
        assert at.told == []
        at.actor.go_on.set()
        await batch.finish()
        assert at.kinds == [1, Malformed, TooLarge, 2]
        assert at.bodies == 0


async def test_items_that_are_there_together_are_one_message() -> None:
    async with desk() as at:
        batch = at.batch()
        await batch.put([b"1", b"x", b"3"])
        await put_each(batch, b"4", b"5")
        await settled()
        assert at.bodies == 3
        at.actor.go_on.set()
        await batch.finish()
        assert at.actor.batches == [[3, 1, 1]]
        assert at.kinds == [1, Malformed, 3, 4, 5]
        assert at.bodies == 0


async def test_no_more_than_the_window_are_in_flight() -> None:
    async with desk() as at:
        batch = at.batch(window=2)
        putting = asyncio.create_task(put_each(batch, b"1", b"2", b"3", b"4"))
        await settled()
        assert at.bodies == 2
        at.actor.go_on.set()
        await putting
        await batch.finish()
        assert at.kinds == [1, 2, 3, 4]


@pytest.mark.parametrize("limits", [{"window": 3}, {"capacity": 3}, {"room": 6}])
async def test_no_more_go_together_than_there_is_room_for(limits: dict[str, int]) -> None:
    window = limits.pop("window", 9)
    async with desk(**limits) as at:
        batch = at.batch(window=window)
        putting = asyncio.create_task(batch.put([b"%d" % n for n in range(8)]))
        await settled()
        [first] = at.actor.batches
        at.actor.go_on.set()
        await putting
        await batch.finish()
        assert at.kinds == [*range(8)]
        assert 1 < sum(first) <= 4


async def test_an_item_waits_for_the_room_of_those_before_it() -> None:
    async with desk(room=100) as at:
        batch = at.batch()
        putting = asyncio.create_task(put_each(batch, b"1" * 30, b"2".ljust(30), b"3".ljust(30)))
        await settled()
        assert at.bodies == 1
        at.actor.go_on.set()
        await putting
        await batch.finish()
        assert at.kinds == [int("1" * 30), 2, 3]


async def test_an_item_waits_for_the_mailbox() -> None:
    async with desk(capacity=1) as at:
        batch = at.batch()
        putting = asyncio.create_task(put_each(batch, b"1", b"2", b"3"))
        await settled()
        assert not putting.done()
        at.actor.go_on.set()
        await putting
        await batch.finish()
        assert at.kinds == [1, 2, 3]


async def test_room_that_others_keep_is_waited_for_in_vain_for_a_while_only() -> None:
    async with desk(room=100) as at:
        batch = at.batch(wait_seconds=0.01)
        at.actor.go_on.set()
        with at.ingest.admit(BOB, 99):
            await put_each(batch, b"11")
        await put_each(batch, b"22")
        await batch.finish()
        assert at.kinds == [Overloaded, 22]


async def test_room_that_others_give_back_is_taken() -> None:
    async with desk(room=100) as at:
        batch = at.batch()
        at.actor.go_on.set()
        with at.ingest.admit(BOB, 99):
            putting = asyncio.create_task(put_each(batch, b"11"))
            await settled()
        await putting
        await batch.finish()
        assert at.kinds == [11]


async def test_a_document_that_arrives_has_its_room() -> None:
    async with desk() as at:
        batch = at.batch()
        for size in (10, 40):
            await batch.hold(size)
            assert at.in_flight.statistics().reserved_bytes == size * MEMORY_PER_BYTE
        await batch.put([b"7".ljust(50)])
        assert at.in_flight.statistics().reserved_bytes == 50 * MEMORY_PER_BYTE
        await batch.hold(20)
        batch.close()
        at.actor.go_on.set()
        await batch.finish()
        assert (at.kinds, at.bodies) == ([7], 0)


async def test_a_stopped_pool_is_not_waited_for() -> None:
    async with desk() as at:
        batch = at.batch()
    await batch.put([b"1"])
    assert at.kinds == [Overloaded]


async def test_what_the_pool_refuses_is_overload() -> None:
    actor = Numbered()
    async with ActorPool[Submission, Answers](
        lambda: actor, size=1, capacity=9, max_wait=0.01
    ) as pool:
        at = Desk(pool, actor, 100)
        batch = at.batch()
        await put_each(batch, b"1", b"2")
        await asyncio.sleep(0.1)
        actor.go_on.set()
        await batch.finish()
        assert at.kinds == [1, Overloaded]
