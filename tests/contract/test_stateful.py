"""After any sequence of calls, every adapter answers like the one in memory."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypedDict, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    multiple,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from ecg_service.domain.ecg import Cursor
from ecg_service.domain.errors import EcgError
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from tests.contract.builders import NOON, new, user
from tests.contract.conftest import KINDS, migrated

T = TypeVar("T")

OWNERS = st.sampled_from(["ann", "bob"])
NAMES = st.sampled_from(["a", "b"])
LIMITS = st.integers(0, 4)
MOMENTS = st.integers(0, 3).map(lambda n: NOON + timedelta(microseconds=n))
SENDERS = st.none() | st.builds(Principal, OWNERS, st.just(Role.USER), epoch=st.integers(0, 2))
TICKS = st.integers(0, 3)
FINISHED = st.sampled_from([InsightState.DONE, InsightState.FAILED, InsightState.PENDING])


class Change(TypedDict, total=False):
    """What may change of a user."""

    password_hash: str | None
    disabled: bool | None


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "password_hash": st.none() | st.text(max_size=2),
        "disabled": st.none() | st.booleans(),
    },
)


@st.composite
def new_ecgs(draw: st.DrawFn) -> StoredEcg:
    return new(
        draw(OWNERS),
        *draw(st.sets(NAMES)),
        id=draw(st.uuids()),
        date=draw(MOMENTS),
        client_id=draw(st.none() | st.sampled_from(["1", "2"])),
        fingerprint=draw(st.sampled_from([b"x", b"y"])),
        blob=draw(st.binary(max_size=8)),
        sender=draw(SENDERS),
        key=draw(st.none() | st.sampled_from(["1", "2"])),
    )


class SameAnswers(RuleBasedStateMachine):
    """Makes every call on two stores and compares the answers."""

    kind: str
    ids: Bundle[UUID] = Bundle("ids")
    records: Bundle[InsightRecord] = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.stores = self.runner.run(self.open())

    async def open(self) -> list[Store]:
        directory = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        databases = [
            self.stack.enter_context(migrated(kind, directory))
            for kind in ("memory", type(self).kind)
        ]
        return [await self.stack.enter_async_context(one.open()) for one in databases]

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    def same(self, ask: Callable[[Store], Awaitable[T]]) -> T | type[EcgError]:
        expected, found = (self.runner.run(answer(ask(store))) for store in self.stores)
        assert found == expected
        return expected

    @rule(target=ids, batch=st.lists(new_ecgs(), max_size=4))
    def add_many(self, batch: list[StoredEcg]) -> MultipleResults[UUID]:
        async def add(store: Store) -> list[str]:
            return [str(a) or type(a).__name__ for a in await store.ecgs.add_many(batch)]

        self.same(add)
        return multiple(*(one.ecg.id for one in batch))

    @rule(owner=OWNERS, one=ids)
    def get(self, owner: str, one: UUID) -> None:
        for samples in (True, False, True, False):  # again, as a cache has it then
            self.same(lambda store: store.ecgs.get(owner, one, samples=samples))  # noqa: B023

    @rule(older=ids, limit=LIMITS)
    def forget_keys(self, older: UUID, limit: int) -> None:
        self.same(lambda store: store.ecgs.forget_keys(older, limit=limit))

    @rule(owner=st.none() | OWNERS, before=ids)
    def find(self, owner: str | None, before: UUID) -> None:
        async def find(store: Store) -> set[tuple[str, UUID]]:
            return {*await store.ecgs.find(before=before, owner=owner, limit=99)}

        self.same(find)

    @rule(owner=OWNERS, before=ids)
    def delete_many(self, owner: str, before: UUID) -> None:
        async def delete(store: Store) -> None:
            found = await store.ecgs.find(before=before, owner=owner, limit=99)
            await store.ecgs.delete_many(found)
            await store.ecgs.scrub()

        self.same(delete)

    @rule(owner=OWNERS, one=ids, by=SENDERS)
    def delete(self, owner: str, one: UUID, by: Principal | None) -> None:
        self.same(lambda store: store.ecgs.delete(owner, one, by=by))

    @rule(
        owner=OWNERS,
        limit=LIMITS,
        since=st.none() | MOMENTS,
        until=st.none() | MOMENTS,
        after=st.none() | st.builds(Cursor, MOMENTS, ids),
    )
    def page(self, owner: str, **bounds: object) -> None:
        self.same(lambda store: store.ecgs.page(owner, **bounds))  # pyright: ignore[reportArgumentType]

    @rule(limit=LIMITS)
    def pending(self, limit: int) -> None:
        self.same(lambda store: store.insights.pending(limit=limit))

    @rule(target=records, wanted=st.lists(ids, max_size=4, unique=True), now=TICKS)
    def claim(self, wanted: list[UUID], now: int) -> MultipleResults[InsightRecord]:
        claims = self.same(lambda store: store.insights.claim(wanted, now=now))
        assert not isinstance(claims, type)
        return multiple(*(record for claim in claims for record in claim.insights))

    @rule(finished=st.lists(st.tuples(records, FINISHED, st.none() | st.integers()), max_size=3))
    def finish(self, finished: list[tuple[InsightRecord, InsightState, int | None]]) -> None:
        outcomes = [replace(record, state=s, result=r) for record, s, r in finished]
        self.same(lambda store: store.insights.finish(outcomes))

    @rule(before=TICKS)
    def release(self, before: int) -> None:
        self.same(lambda store: store.insights.release(claimed_before=before))

    @rule(name=NAMES, version=st.integers(1, 3), limit=LIMITS)
    def backfill(self, name: str, version: int, limit: int) -> None:
        self.same(lambda store: store.insights.backfill(name, version, limit=limit))

    @rule(name=OWNERS, role=st.sampled_from(Role), by=SENDERS)
    def add_user(self, name: str, role: Role, by: Principal | None) -> None:
        self.same(lambda store: store.users.add(user(name, role), by=by))

    @rule(name=OWNERS)
    def add_first_user(self, name: str) -> None:
        self.same(lambda store: store.users.add_first(user(name, Role.ADMIN)))

    @rule(name=OWNERS, change=CHANGES, by=SENDERS)
    def update_user(self, name: str, change: Change, by: Principal | None) -> None:
        self.same(lambda store: store.users.update(name, **change, by=by))
        self.same(lambda store: store.users.page(limit=9))


async def answer(asked: Awaitable[T]) -> T | type[EcgError]:
    """Return the answer; of an error, its kind."""
    try:
        return await asked
    except EcgError as error:
        return type(error)


EXAMPLES = {"sqlite": 60, "postgres": 25}
"""How many histories each has; one takes PostgreSQL most of a second."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "memory"])
def test_answers_like_memory(kind: str) -> None:
    machine = type("Machine", (SameAnswers,), {"kind": kind})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES.get(kind, 20),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
