"""What is answered when a connection is lost, or hangs, at the worst moment."""

import asyncio
from uuid import UUID

import pytest

from ecg_service.domain.errors import OutcomeUnknown, StorageUnavailable
from ecg_service.ports.store import Store
from tests.contract.builders import added, ecgs_of, new
from tests.postgres import execute
from tests.processes import PATIENCE
from tests.proxy import Fault, Proxy
from tests.unit.adapters.postgres.proxied import behind_proxy

COMMIT, COPY = b"COMMIT\0", b"PGCOPY\n"
CUTS = 20
SLOW_COMMITS = """
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON idempotency_keys
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()
"""


def lose(proxy: Proxy, what: bytes, fault: Fault) -> None:
    """Let the next message that ends so, or begins so, meet this fault; it alone."""

    def meet(message: bytes) -> Fault | None:
        if what not in message:
            return None
        proxy.fault = lambda _: None
        return fault

    proxy.fault = meet


async def ids_of(store: Store) -> list[UUID]:
    return sorted(ecg.id for ecg in await ecgs_of(store, "ann"))


async def test_a_commit_whose_answer_is_lost_is_looked_into(url: str) -> None:
    stored: list[UUID] = []
    async with behind_proxy(url) as (store, proxy):
        for _ in range(CUTS):
            lose(proxy, COMMIT, "cut after")
            stored += await added(store, new("ann", "qrs", key=str(len(stored)), fingerprint=b"f"))
        assert proxy.cuts == CUTS
        assert await ids_of(store) == sorted(stored)


async def test_a_commit_that_goes_on_without_its_client_is_waited_for(altered_url: str) -> None:
    execute(SLOW_COMMITS, url=altered_url)
    async with behind_proxy(altered_url) as (store, proxy):
        lose(proxy, COMMIT, "cut after")
        [one] = await added(store, new("ann", key="k", fingerprint=b"f"))
        assert proxy.cuts == 1
        assert await ids_of(store) == [one]


async def test_a_commit_that_never_arrives_has_stored_nothing(url: str) -> None:
    async with behind_proxy(url) as (store, proxy):
        for number in range(CUTS):
            one = new("ann", key=str(number), fingerprint=b"f")
            lose(proxy, COMMIT, "cut before")
            with pytest.raises(StorageUnavailable, match="connection to the database was lost"):
                await store.ecgs.add_many([one])
            assert one.ecg.id not in await ids_of(store)
            await added(store, one)  # the retry
        assert proxy.cuts == CUTS
        assert len(await ids_of(store)) == CUTS


async def test_what_is_lost_before_the_commit_has_stored_nothing(url: str) -> None:
    async with behind_proxy(url) as (store, proxy):
        for fault in ("cut before", "cut after"):
            lose(proxy, COPY, fault)
            with pytest.raises(StorageUnavailable):
                await store.ecgs.add_many([new()])
        assert await ids_of(store) == []
        assert len(await added(store, new())) == 1


@pytest.mark.parametrize(("what", "error"), [(COMMIT, OutcomeUnknown), (COPY, StorageUnavailable)])
async def test_what_hangs_is_answered_in_time(
    url: str, what: bytes, error: type[Exception]
) -> None:
    async with behind_proxy(url, write_seconds=0.5) as (store, proxy):
        lose(proxy, what, "hang")
        with pytest.raises(error):
            await store.ecgs.add_many([new()])
        assert proxy.cuts <= 1


async def test_how_another_write_ended_is_said_to_be_unknown(url: str) -> None:
    async with behind_proxy(url) as (store, proxy):
        [one] = await added(store, new())
        lose(proxy, COMMIT, "cut after")
        with pytest.raises(OutcomeUnknown):
            await store.ecgs.delete("ann", one)
        async with asyncio.timeout(PATIENCE):  # the server has it, and may not have done it yet
            while await ids_of(store):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
