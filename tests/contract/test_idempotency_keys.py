from uuid import UUID

import pytest

from ecg_service.domain.errors import EcgIdTaken, KeyReused, StorageUnavailable
from ecg_service.domain.ids import LAST
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.store import Store
from tests.contract.builders import added, ecg_id, new


def keyed(
    key: str = "k",
    *,
    owner: str = "ann",
    content: bytes = b"same",
    client_id: str | None = None,
) -> StoredEcg:
    return new(owner, key=key, fingerprint=content, client_id=client_id)


async def count(store: Store, owner: str = "ann") -> int:
    return len(await store.ecgs.page(owner, limit=99))


async def test_the_same_content_again_answers_the_earlier_id(store: Store) -> None:
    [one] = await added(store, keyed())
    assert await store.ecgs.add_many([keyed(), keyed()]) == [one, one]
    assert await count(store) == 1


async def test_other_content_is_refused(store: Store) -> None:
    await added(store, keyed())
    [answer] = await store.ecgs.add_many([keyed(content=b"other")])
    assert isinstance(answer, KeyReused)
    assert await count(store) == 1


async def test_a_key_counts_within_a_batch_too(store: Store) -> None:
    batch = [keyed(), keyed(), keyed(content=b"other"), keyed("l"), new()]
    first, same, other, *rest = await store.ecgs.add_many(batch)
    assert first == same == batch[0].ecg.id
    assert isinstance(other, KeyReused)
    assert rest == [one.ecg.id for one in batch[3:]]
    assert await count(store) == 3


async def test_every_owner_has_keys_of_their_own(store: Store) -> None:
    await added(store, keyed(owner="ann"), keyed(owner="bob", content=b"other"))


async def test_keys_are_compared_exactly(store: Store) -> None:
    await added(store, *map(keyed, ["a", "A", "a ", '"a"', "\\"]))


async def test_a_key_never_brings_back_what_was_deleted(store: Store) -> None:
    [one] = await added(store, keyed())
    await store.ecgs.delete("ann", one)
    assert await store.ecgs.add_many([keyed()]) == [one]
    assert await count(store) == 0


async def test_key_and_client_id_are_each_looked_up(store: Store) -> None:
    [one] = await added(store, keyed(client_id="7"))
    assert await store.ecgs.add_many([keyed("l", client_id="7")]) == [one]
    [other_key, other_content] = await store.ecgs.add_many(
        [keyed("m", content=b"other", client_id="7"), keyed(content=b"other", client_id="8")]
    )
    assert isinstance(other_key, EcgIdTaken)
    assert isinstance(other_content, KeyReused)
    assert await count(store) == 1


async def test_only_a_key_that_stored_an_ecg_is_remembered(store: Store) -> None:
    await added(store, keyed(client_id="7"))
    assert len(await store.ecgs.add_many([keyed("l", client_id="7")])) == 1
    await added(store, keyed("l", content=b"other"))


async def test_a_transaction_that_fails_remembers_nothing(store: Store) -> None:
    [stored] = await added(store, new())
    with pytest.raises(StorageUnavailable):
        await store.ecgs.add_many([keyed(), new(id=stored)])
    await added(store, keyed(content=b"other"))


async def test_old_keys_are_forgotten_the_oldest_first(store: Store) -> None:
    keys = [keyed(key) for key in "cbda"]
    ids: list[UUID] = await added(store, *keys)
    assert await store.ecgs.forget_keys(ids[0], limit=9) == 0
    assert await store.ecgs.forget_keys(ids[3], limit=2) == 2
    assert await store.ecgs.forget_keys(ids[3], limit=9) == 1
    new_ids = await store.ecgs.add_many([keyed(key) for key in "cbda"])
    assert [one in ids for one in new_ids] == [False, False, False, True]
    assert await count(store) == 7


async def test_there_may_be_nothing_to_forget(store: Store) -> None:
    assert await store.ecgs.forget_keys(ecg_id(), limit=9) == 0


async def test_keys_of_one_owner_are_forgotten(store: Store) -> None:
    both = [new(owner, key="k", fingerprint=b"f") for owner in ("ann", "bob")]
    await added(store, *both)
    assert await store.ecgs.forget_keys(LAST, owner="ann", limit=9) == 1
    assert await store.ecgs.forget_keys(LAST, owner="ann", limit=9) == 0
    [answer] = await store.ecgs.add_many([new("bob", key="k", fingerprint=b"f")])
    assert answer == both[1].ecg.id
