from uuid import UUID

from ecg_service.domain.errors import EcgIdTaken
from ecg_service.ports.store import Store
from tests.contract.builders import added, new


async def test_the_same_content_again_answers_the_earlier_id(store: Store) -> None:
    [one] = await added(store, new(client_id="7", fingerprint=b"same"))
    again = new("ann", "qrs", client_id="7", fingerprint=b"same")
    assert await store.ecgs.add_many([again]) == [one]
    assert len(await store.ecgs.page("ann", limit=9)) == 1
    assert await store.insights.pending(limit=9) == []


async def test_other_content_is_refused(store: Store) -> None:
    [one] = await added(store, new(client_id="7", fingerprint=b"one"))
    [answer] = await store.ecgs.add_many([new(client_id="7", fingerprint=b"other")])
    assert isinstance(answer, EcgIdTaken)
    assert [e.id for e in await store.ecgs.page("ann", limit=9)] == [one]


async def test_a_duplicate_leaves_the_rest_of_the_batch_alone(store: Store) -> None:
    [old] = await added(store, new(client_id="old", fingerprint=b"1"))
    batch = [
        new(client_id="old", fingerprint=b"1"),
        new(),
        new(client_id="fresh", fingerprint=b"2"),
        new(client_id="old", fingerprint=b"other"),
        new(client_id="fresh", fingerprint=b"2"),
        new(client_id="fresh", fingerprint=b"other"),
        new("bob", client_id="old", fingerprint=b"3"),
    ]
    answers = await store.ecgs.add_many(batch)
    ids = [one.ecg.id for one in batch]
    assert [a for a in answers if isinstance(a, UUID)] == [old, ids[1], ids[2], ids[2], ids[6]]
    assert isinstance(answers[3], EcgIdTaken)
    assert isinstance(answers[5], EcgIdTaken)
    stored = {e.id for e in await store.ecgs.page("ann", limit=9)}
    assert stored == {old, ids[1], ids[2]}


async def test_a_client_id_is_free_again_after_deletion(store: Store) -> None:
    [one] = await added(store, new(client_id="7", fingerprint=b"one"))
    await store.ecgs.delete("ann", one)
    await added(store, new(client_id="7", fingerprint=b"other"))


async def test_client_ids_are_compared_exactly(store: Store) -> None:
    texts = ["a", "A", "a ", "é", "e\u0301", ""]
    await added(store, *(new(client_id=text, fingerprint=b"f") for text in texts))
