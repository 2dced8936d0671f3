import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import TypeVar
from uuid import UUID

import pytest

from ecg_service.actors import Actor, ActorPool
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import (
    EcgError,
    EcgIdTaken,
    Invalid,
    KeyInUse,
    KeyReused,
    Malformed,
    Overloaded,
    StorageUnavailable,
)
from ecg_service.domain.insights import Insight, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.signals import Samples
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.domain.users import Role
from ecg_service.formats.json import Json
from ecg_service.insights import REGISTRY
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import Use
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight
from ecg_service.services.ingest.actor import IngestActor
from ecg_service.services.ingest.submissions import Answers, Ingest, Receipt, Submission
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.insights.costs import RARELY, InsightCosts
from tests.contract.builders import insights_of, user
from tests.queues import ListQueue

T = TypeVar("T")

JSON = Json()
MAX_LEADS = 3
ANN, BOB = (Principal(name, Role.USER) for name in ("ann", "bob"))


@pytest.fixture
def queue() -> ListQueue:
    return ListQueue()


@pytest.fixture
async def store(store: MemoryStore) -> MemoryStore:
    for sender in (ANN, BOB):
        await store.users.add(user(sender.name))
    return store


@pytest.fixture
def actor(store: MemoryStore, core: RustCore, queue: ListQueue) -> IngestActor:
    return actor_on(store.ecgs, core, queue)


def actor_on(
    ecgs: EcgRepository,
    core: RustCore,
    queue: ListQueue,
    *,
    max_seconds: float = 60,
) -> IngestActor:
    return IngestActor(
        core, ecgs, queue, REGISTRY, InsightCosts(0), max_leads=MAX_LEADS, max_seconds=max_seconds
    )


class Refusing(MemoryEcgs):
    """Refuses what comes together, and ECGs `alone` too; says until when it might have stored it."""

    alone = True

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        if together or self.alone:
            raise StorageUnavailable(str(until))
        return await super().add_read(read, until=until)


def body(*samples: int, client_id: str | None = None) -> bytes:
    return json.dumps({"leads": [{"name": "I", "signal": samples}], "id": client_id}).encode()


def by(sender: Principal, *bodies: bytes) -> list[Submission]:
    return [Submission(sender, JSON, (one,)) for one in bodies]


def answers_of(replies: Sequence[Answers | Exception]) -> list[Receipt | EcgError]:
    """Return the answers to all documents in one list."""
    return [answer for one in replies if not isinstance(one, Exception) for answer in one]


async def test_a_batch_answers_each_body_and_stores_the_valid_ones(
    actor: IngestActor, store: MemoryStore, queue: ListQueue
) -> None:
    batch = by(ANN, body(1, -1), b"{", body(2), b'{"leads":[]}', body(3, 0, -3))
    answers = answers_of(await actor.handle(batch))
    kinds = [type(answer) for answer in answers]
    assert kinds == [Receipt, Malformed, Receipt, Invalid, Receipt]
    ids = [answer.ecg_id for answer in answers if isinstance(answer, Receipt)]
    assert queue.told == ids
    stored = await store.ecgs.page("ann", limit=10)
    assert sorted(one.id for one in stored) == sorted(ids)
    lengths = [(await store.ecgs.get("ann", key)).ecg.leads[0].num_samples for key in ids]
    assert lengths == [2, 1, 3]


async def test_the_documents_of_a_message_fail_by_themselves(actor: IngestActor) -> None:
    several = Submission(ANN, JSON, (body(1), b"{", body(2)))
    replies = await actor.handle([*by(BOB, body(3)), several, *by(BOB, b"[]")])
    kinds = [[type(answer) for answer in answers_of([reply])] for reply in replies]
    assert kinds == [[Receipt], [Receipt, Malformed, Receipt], [Invalid]]


async def test_a_batch_of_refusals_stores_nothing(
    actor: IngestActor, store: MemoryStore, queue: ListQueue
) -> None:
    answers = answers_of(
        await actor.handle(by(ANN, b"", b"[]", b'{"leads":[{"name":"I","signal":[0.5]}]}'))
    )
    assert all(isinstance(answer, Invalid) for answer in answers)
    assert (await store.ecgs.page("ann", limit=1), queue.told) == ([], [])


async def test_each_ecg_of_a_batch_has_its_own_sender(
    actor: IngestActor, store: MemoryStore
) -> None:
    await actor.handle([*by(ANN, body(1)), *by(BOB, body(2)), *by(ANN, body(3))])
    counts = {owner: len(await store.ecgs.page(owner, limit=9)) for owner in ("ann", "bob")}
    assert counts == {"ann": 2, "bob": 1}


async def test_an_id_counts_within_a_batch_too(actor: IngestActor, store: MemoryStore) -> None:
    batch = by(ANN, body(1, client_id="x"), body(1, client_id="x"), body(2, client_id="x"), body(2))
    first, same, other, without = answers_of(await actor.handle(batch))
    assert isinstance(first, Receipt)
    assert same == Receipt(first.ecg_id, replayed=True)
    assert isinstance(other, EcgIdTaken)
    assert isinstance(without, Receipt)
    assert len(await store.ecgs.page("ann", limit=9)) == 2


async def test_those_that_are_stored_together_fail_together_and_nobody_else(
    actor: IngestActor, store: MemoryStore, queue: ListQueue
) -> None:
    good = Submission(ANN, JSON, (body(1), body(2), body(3)), together=True)
    bad = Submission(ANN, JSON, (body(4), b"{", body(5)), together=True)
    lone = Submission(ANN, JSON, (body(6),), together=True)
    [first, refused, second, last] = await actor.handle([good, bad, *by(ANN, body(7)), lone])
    assert isinstance(refused, Invalid)
    assert [one.path for one in refused.violations] == [("items", 1)]
    receipts = [[*one] for one in (first, second, last) if not isinstance(one, Exception)]
    assert [*map(len, receipts)] == [3, 1, 1]
    ids = {one.ecg_id for one in chain(*receipts) if isinstance(one, Receipt)}
    assert {one.id for one in await store.ecgs.page("ann", limit=9)} == ids == set(queue.told)


async def test_a_store_that_fails_those_that_come_together_fails_nobody_else(
    store: MemoryStore, core: RustCore, queue: ListQueue
) -> None:
    ecgs = Refusing({}, store.users)
    ecgs.alone = False
    actor = actor_on(ecgs, core, queue, max_seconds=5)
    several = Submission(ANN, JSON, (body(1), body(2)), together=True)
    failed, one = await actor.handle([several, *by(ANN, body(3))])
    assert isinstance(failed, StorageUnavailable)
    assert [*map(type, answers_of([one]))] == [Receipt]


async def test_cheap_insights_are_stored_with_the_ecg_and_others_are_pending(
    actor: IngestActor, store: MemoryStore
) -> None:
    [receipt] = answers_of(await actor.handle(by(ANN, body(1, -1, 1))))
    assert isinstance(receipt, Receipt)
    statistics, crossings = await insights_of(store, "ann", receipt.ecg_id)
    assert (statistics.name, statistics.state, statistics.attempts) == (
        "statistics",
        InsightState.PENDING,
        0,
    )
    assert (crossings.state, crossings.result) == (
        InsightState.DONE,
        [{"name": "I", "zero_crossings": 2}],
    )


class Held(Actor[Submission, Answers]):
    """Answers after the test has allowed it."""

    def __init__(self) -> None:
        self.busy, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Answers]:
        self.busy.set()
        await self.go_on.wait()
        return [[Receipt(UUID(int=0)) for _ in one.documents] for one in batch]


@asynccontextmanager
async def door(
    held: Held, *, capacity: int = 1, max_bytes: int = 100, max_wait: float | None = None
) -> AsyncGenerator[Ingest]:
    async with ActorPool[Submission, Answers](
        lambda: held, size=1, capacity=capacity, max_wait=max_wait
    ) as pool:
        backlog = Backlog(MemoryInsights({}), max_seconds=60)
        yield Ingest(pool, BodiesInFlight(max_bytes), backlog)
        held.go_on.set()


async def test_a_full_mailbox_is_overload() -> None:
    held = Held()
    async with door(held) as ingest:
        taken = [asyncio.create_task(ingest.submit(ANN, JSON, b""))]
        await held.busy.wait()
        taken.append(asyncio.create_task(ingest.submit(ANN, JSON, b"")))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await ingest.submit(ANN, JSON, b"")
        held.go_on.set()
        assert await asyncio.gather(*taken) == [Receipt(UUID(int=0))] * 2


class Stepping(Actor[Submission, Answers]):
    """Stores a batch each time that the test lets it."""

    def __init__(self) -> None:
        self.steps = asyncio.Semaphore(0)
        self.stored: list[Counter[str]] = []

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Answers]:
        await self.steps.acquire()
        self.stored.append(Counter(one.sender.name for one in batch))
        return [[Receipt(UUID(int=0)) for _ in one.documents] for one in batch]


@pytest.mark.parametrize("greedy", [0, 16, 40, 80])
async def test_one_user_at_ten_times_of_what_can_be_stored_costs_twenty_others_nothing(
    greedy: int,
) -> None:
    """Eight can be stored at a time; meanwhile four of the twenty send one each."""
    actor, rounds = Stepping(), 50
    others = [Principal(f"user {n}", Role.USER) for n in range(20)]
    asked: list[asyncio.Future[Answers]] = []
    async with ActorPool[Submission, Answers](
        lambda: actor,
        size=1,
        capacity=1000,
        batch=8,
        sender=lambda submission: submission.sender.name,
        max_expected_wait=1e-9,
    ) as pool:
        ingest = Ingest(pool, BodiesInFlight(100), Backlog(MemoryInsights({}), max_seconds=60))
        for number in range(rounds):
            for sender in [ANN] * greedy + others[number % 5 :: 5]:
                try:
                    ingest.admit(sender, 0)
                except Overloaded:
                    assert sender is ANN
                else:
                    asked.append(ingest.begin(sender, JSON, [b""]))
            actor.steps.release()
            for _ in range(9):  # until the next batch is taken
                await asyncio.sleep(0)
        for _ in asked:
            actor.steps.release()
        await asyncio.gather(*asked)
    stored = sum(actor.stored, Counter[str]())
    assert all(stored[one.name] == rounds / 5 for one in others)
    if greedy:  # and no batch but the last ones had room for another ECG
        assert {one.total() for one in actor.stored[1:rounds]} == {8}


async def test_waiting_too_long_in_the_mailbox_is_overload() -> None:
    held = Held()
    async with door(held, max_wait=0.05) as ingest:
        taken = asyncio.create_task(ingest.submit(ANN, JSON, b""))
        await held.busy.wait()
        with pytest.raises(Overloaded):
            await ingest.submit(ANN, JSON, b"")
        held.go_on.set()
        assert await taken == Receipt(UUID(int=0))


async def test_a_batch_is_stored_in_the_time_of_its_oldest_or_not_at_all(
    store: MemoryStore, core: RustCore, queue: ListQueue
) -> None:
    actor = actor_on(Refusing({}, store.users), core, queue, max_seconds=5)
    batch = [Submission(ANN, JSON, (body(1),), received) for received in (20.0, 10.0, 30.0)]
    with pytest.raises(StorageUnavailable, match=r"^15\.0$"):
        await actor.handle(batch)


async def test_a_key_is_in_use_until_its_request_is_answered() -> None:
    held = Held()
    async with door(held, capacity=3) as ingest:
        first = asyncio.create_task(ingest.submit(ANN, JSON, b"", key="k"))
        await held.busy.wait()
        with pytest.raises(KeyInUse):
            await ingest.submit(ANN, JSON, b"", key="k")
        others = [
            asyncio.create_task(ingest.submit(sender, JSON, b"", key=key))
            for sender, key in ((BOB, "k"), (ANN, "l"), (ANN, None))
        ]
        held.go_on.set()
        await asyncio.gather(first, *others)
        await ingest.submit(ANN, JSON, b"", key="k")


async def test_a_key_counts_within_a_batch_too(actor: IngestActor, store: MemoryStore) -> None:
    bodies = (body(1), body(1), body(2))
    batch = [Submission(ANN, JSON, (one,), key="k") for one in bodies]
    first, same, other = answers_of(await actor.handle(batch))
    assert isinstance(first, Receipt)
    assert same == Receipt(first.ecg_id, replayed=True)
    assert isinstance(other, KeyReused)
    assert len(await store.ecgs.page("ann", limit=9)) == 1


async def test_a_stopped_pool_is_overload() -> None:
    async with door(Held()) as ingest:
        pass
    with pytest.raises(Overloaded):
        await ingest.submit(ANN, JSON, b"")
    with pytest.raises(Overloaded), ingest.admit(ANN, 1):
        pass


async def test_room_is_taken_in_the_name_of_the_sender() -> None:
    async with door(Held(), max_bytes=100 * MEMORY_PER_BYTE) as ingest:
        with ingest.admit(ANN, 60):
            with pytest.raises(Overloaded), ingest.admit(BOB, 41):
                pass
            with pytest.raises(Overloaded), ingest.admit(ANN, 1):
                pass
            with ingest.admit(BOB, 40):
                pass


async def test_an_insight_at_ingest_sees_the_ecg_as_it_will_be_stored(
    store: MemoryStore, core: RustCore, queue: ListQueue
) -> None:
    def describe(ecg: Ecg, signals: Sequence[Samples]) -> object:
        return [ecg.owner, ecg.leads[0].name, len(signals[0]), str(ecg.id)]

    insight = Insight("description", 3, describe, when="ingest")
    actor = IngestActor(
        core, store.ecgs, queue, [insight], InsightCosts(0), max_leads=MAX_LEADS, max_seconds=60
    )
    [receipt] = answers_of(await actor.handle(by(ANN, body(1, 2, 3))))
    assert isinstance(receipt, Receipt)
    [record] = await insights_of(store, "ann", receipt.ecg_id)
    assert (record.version, record.result) == (3, ["ann", "I", 3, str(receipt.ecg_id)])


def known(insight: Insight) -> InsightCosts:
    """Costs under which this insight is cheap, as it would be after some time."""
    costs = InsightCosts(max_share=1e9)
    ecg = Ecg(UUID(int=0), "ann", datetime.now(UTC), ())
    for _ in range(RARELY):
        costs.compute(insight, ecg, ())
    with costs.reading(1):
        pass
    return costs


async def test_a_cheap_insight_is_stored_with_the_ecg_and_queued_no_more(
    store: MemoryStore, core: RustCore, queue: ListQueue
) -> None:
    insight = Insight("length", 2, lambda _, signals: len(signals))
    actor = IngestActor(
        core, store.ecgs, queue, [insight], known(insight), max_leads=9, max_seconds=60
    )
    [receipt] = answers_of(await actor.handle(by(ANN, body(1, 2, 3))))
    assert isinstance(receipt, Receipt)
    [record] = await insights_of(store, "ann", receipt.ecg_id)
    assert (record.state, record.version, record.result) == (InsightState.DONE, 2, 1)
    assert queue.told == []


async def test_a_cheap_insight_that_fails_is_left_to_the_background(
    store: MemoryStore, core: RustCore, queue: ListQueue
) -> None:
    def fail(ecg: Ecg, _: Sequence[Samples]) -> object:
        if ecg.leads:
            raise ValueError
        return 0

    insight = Insight("length", 1, fail)
    actor = IngestActor(
        core, store.ecgs, queue, [insight], known(insight), max_leads=9, max_seconds=60
    )
    [receipt] = answers_of(await actor.handle(by(ANN, body(1))))
    assert isinstance(receipt, Receipt)
    [record] = await insights_of(store, "ann", receipt.ecg_id)
    assert (record.state, record.attempts) == (InsightState.PENDING, 0)
    assert queue.told == [receipt.ecg_id]


async def test_late_insights_are_overload() -> None:
    async with door(Held()) as ingest:
        with ingest.admit(ANN, 1):
            pass
        ingest.backlog.age = 60
        with pytest.raises(Overloaded), ingest.admit(ANN, 1):
            pass


class Backwards(Json):
    """JSON from its last byte to its first."""

    media_type = "application/json; order=backwards"
    read_together: list[int]

    def __init__(self) -> None:
        self.read_together = []

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        self.read_together.append(len(documents))
        return super().read([document[::-1] for document in documents], use, max_leads=max_leads)


async def test_a_batch_of_several_formats_is_read_a_format_at_a_time(
    actor: IngestActor, store: MemoryStore
) -> None:
    backwards = Backwards()
    answers = answers_of(
        await actor.handle(
            [
                Submission(ANN, backwards, (body(1)[::-1],)),
                Submission(BOB, JSON, (body(1, 2),)),
                Submission(BOB, backwards, (body(1, 2, 3),)),
                Submission(BOB, backwards, (body(1, 2, 3)[::-1],)),
            ]
        )
    )
    assert [type(answer) for answer in answers] == [Receipt, Receipt, Malformed, Receipt]
    assert backwards.read_together == [3]
    lengths = [
        (await store.ecgs.get(owner, answer.ecg_id)).ecg.leads[0].num_samples
        for owner, answer in zip(("ann", "bob", "bob", "bob"), answers, strict=True)
        if isinstance(answer, Receipt)
    ]
    assert lengths == [1, 2, 3]
