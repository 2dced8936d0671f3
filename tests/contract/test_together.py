"""ECGs that are stored together or not at all."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from ecg_service.domain.errors import EcgError, EcgIdsTaken, Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from tests.contract.builders import added, new, user


async def together(store: Store, *batch: StoredEcg) -> Sequence[Added]:
    return await store.ecgs.add_read(lambda: batch, together=True)


async def ids_of(store: Store) -> set[UUID]:
    return {one.id for one in await store.ecgs.page("ann", limit=99)}


async def test_all_are_stored_in_order(store: Store) -> None:
    batch = [new("ann", "qrs") for _ in range(40)]
    ids = [one.ecg.id for one in batch]
    assert await together(store, *batch) == ids
    assert await ids_of(store) == set(ids)
    assert set(await store.insights.pending(limit=99)) == set(ids)
    assert await together(store) == []


async def test_what_is_stored_already_counts_as_stored(store: Store) -> None:
    [old] = await added(store, new(client_id="old", fingerprint=b"1"))
    fresh, twice = new(), new(client_id="x", fingerprint=b"2")
    again, same = new(client_id="old", fingerprint=b"1"), new(client_id="x", fingerprint=b"2")
    assert await together(store, fresh, again, twice, same) == [
        fresh.ecg.id,
        old,
        twice.ecg.id,
        twice.ecg.id,
    ]
    assert await ids_of(store) == {old, fresh.ecg.id, twice.ecg.id}


async def test_an_id_that_is_taken_refuses_all_and_is_told(store: Store) -> None:
    [old] = await added(store, new(client_id="old", fingerprint=b"1"))
    batch = [
        new("ann", "qrs"),
        new("ann", "qrs", client_id="old", fingerprint=b"other"),
        new(client_id="fresh", fingerprint=b"2"),
        new(client_id="fresh", fingerprint=b"other"),
    ]
    with pytest.raises(EcgIdsTaken) as refused:
        await together(store, *batch)
    assert [one.path for one in refused.value.violations] == [
        ("items", 1, "id"),
        ("items", 3, "id"),
    ]
    assert await ids_of(store) == {old}
    assert await store.insights.pending(limit=9) == []
    await added(store, new(client_id="fresh", fingerprint=b"other"))  # it stands for nothing yet


async def test_a_sender_who_may_send_no_longer_sends_nothing(store: Store) -> None:
    await store.users.add(user("ann"))
    await store.users.update("ann", disabled=True)
    sender = Principal("ann", Role.USER)
    with pytest.raises(Unauthenticated):
        await together(store, new(), new(sender=sender))
    assert await ids_of(store) == set()


async def test_reading_may_refuse_all(store: Store) -> None:
    def fail() -> list[StoredEcg]:
        raise EcgError

    with pytest.raises(EcgError):
        await store.ecgs.add_read(fail, together=True)
    assert await ids_of(store) == set()
