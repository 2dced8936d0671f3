"""A user is erased with all that is theirs, and nobody else is."""

import pytest

from ecg_service.domain.errors import EcgNotFound, LastAdmin, UserNotFound
from ecg_service.domain.ids import LAST
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from ecg_service.services import retention
from ecg_service.services.retention import erase
from tests.contract.builders import added, ecgs_of, new, reads, user


async def test_all_of_a_user_is_gone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 2)
    monkeypatch.setattr(retention, "KEYS", 2)
    for name in ("ann", "bob"):
        await store.users.add(user(name))
    made = [new("ann", "qrs", key=f"{n}", fingerprint=b"f") for n in range(5)]
    ids = await added(store, *made)
    others = await added(store, new("bob", "qrs", key="1", fingerprint=b"f"))
    for read in reads(store):
        await read("ann", ids[0])
    assert [count async for count in erase(store, "ann")] == [2, 2, 1]
    for one in ids:
        for read in reads(store):
            with pytest.raises(EcgNotFound):
                await read("ann", one)
    with pytest.raises(UserNotFound):
        await store.users.get("ann")
    assert await store.ecgs.forget_keys(LAST, owner="ann", limit=9) == 0
    assert [ecg.id for ecg in await ecgs_of(store, "bob")] == others
    assert await store.insights.pending(limit=9) == others


async def test_nothing_is_stored_once_it_has_begun(store: Store) -> None:
    await store.users.add(user())
    sender = Principal.of(await store.users.get("ann"))
    await added(store, new("ann", sender=sender))
    async for _ in erase(store, "ann"):
        [refused] = await store.ecgs.add_many([new("ann", sender=sender)])
        assert type(refused).__name__ == "Unauthenticated"
    assert await store.ecgs.find(before=LAST, limit=9) == []


async def test_who_is_cut_short_begins_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 1)
    await store.users.add(user())
    await added(store, new("ann"), new("ann"))
    async for _ in erase(store, "ann"):
        break
    assert [count async for count in erase(store, "ann")] == [1]
    with pytest.raises(UserNotFound):
        [_ async for _ in erase(store, "ann")]


async def test_the_last_admin_stays(store: Store) -> None:
    await store.users.add(user("root", Role.ADMIN))
    with pytest.raises(LastAdmin):
        [_ async for _ in erase(store, "root")]
    assert not (await store.users.get("root")).disabled
