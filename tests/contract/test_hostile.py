"""What no document may hold gets the same verdict from every store that keeps it."""

import pytest
from msgspec.structs import replace

from ecg_service.domain.ecg import Lead
from ecg_service.domain.errors import EcgNotFound, UserNotFound
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.ports.store import Database, Store
from tests.contract.builders import added, ecgs_of, insights_of, new, user

NUL = ["\0", "a\0b", "\0\0"]
SURROGATES = ["\ud800", "a\udfff"]


@pytest.mark.parametrize("text", NUL, ids=ascii)
async def test_nul_is_a_character(store: Store, text: str) -> None:
    await store.users.add(user(text, password_hash=text))
    assert await store.users.get(text) == user(text, password_hash=text)
    leads = (Lead(text, 1, unit=text),)
    one = new(text, client_id=text, key=text, fingerprint=b"f", leads=leads)
    failed = InsightRecord(one.ecg.id, text, 1, InsightState.FAILED, 1, [text], text)
    await added(store, replace(one, insights=(failed,)))
    assert [ecg.client_id for ecg in await ecgs_of(store, text)] == [text]
    assert (await store.ecgs.get(text, one.ecg.id, insights=[text])).ecg == one.ecg
    assert await insights_of(store, text, one.ecg.id) == [failed]
    assert await store.ecgs.add_many([replace(one, ecg=replace(one.ecg, id=new().ecg.id))]) == [
        one.ecg.id
    ]


@pytest.mark.parametrize("text", NUL, ids=ascii)
async def test_nul_names_nobody_else(store: Store, text: str) -> None:
    [one] = await added(store, new())
    with pytest.raises(UserNotFound):
        await store.users.get(text)
    for read in (store.ecgs.get, store.ecgs.delete):
        with pytest.raises(EcgNotFound):
            await read(text, one)
    assert await store.ecgs.page(text, limit=9) == []
    assert await store.users.page(limit=9, after=text) == []


@pytest.mark.parametrize("text", SURROGATES, ids=ascii)
async def test_half_a_character_is_never_kept(database: Database, store: Store, text: str) -> None:
    if not database.is_persistent:
        return  # memory need not encode it
    wrong = [new(owner=text), new(client_id=text), new(key=text, fingerprint=b"f")]
    for one in [*wrong, new("ann", text)]:
        with pytest.raises(UnicodeEncodeError):
            await store.ecgs.add_many([new(), one])
    for ask in (store.users.get(text), store.ecgs.page(text, limit=9), store.users.add(user(text))):
        with pytest.raises(UnicodeEncodeError):
            await ask
    assert await ecgs_of(store, "ann") == []
    assert len(await added(store, new())) == 1


async def test_a_number_that_no_column_holds_is_never_kept(
    database: Database, store: Store
) -> None:
    [one] = await added(store, new("ann", "a"))
    assert await store.insights.backfill("a", 2**63 - 1, limit=9) == 1
    if database.is_persistent:
        with pytest.raises(OverflowError):
            await store.insights.backfill("a", 2**63, limit=9)
        with pytest.raises(OverflowError):
            await store.users.add(user(epoch=2**63))
    assert [r.version for r in await insights_of(store, "ann", one)] == [2**63 - 1]
    await store.users.add(user(epoch=2**63 - 1))
