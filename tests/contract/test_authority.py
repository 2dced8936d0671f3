"""Whoever has changed since they signed in may write nothing more."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from msgspec.structs import replace

from ecg_service.domain.errors import LastAdmin, Unauthenticated, UserExists
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from tests.contract.builders import added, ecg_id, grant, new, user

Write = Callable[[Store, Principal], Awaitable[object]]
Change = Callable[[Store], Awaitable[object]]

ANN, ROOT = Principal("ann", Role.USER), Principal("root", Role.ADMIN)


async def _add_ecg(store: Store, by: Principal) -> object:
    [answer] = await store.ecgs.add_many([new(by.name, sender=by)])
    if isinstance(answer, Exception):
        raise answer
    return answer


WRITES: dict[str, Write] = {
    "an ECG": _add_ecg,
    "a deletion": lambda store, by: store.ecgs.delete(by.name, ecg_id(), by=by),
    "a new user": lambda store, by: store.users.add(user("eve", Role.ADMIN), by=by),
    "a known user": lambda store, by: store.users.add(user("root"), by=by),
    "a password": lambda store, by: store.users.update("ann", password_hash="mine", by=by),
    "itself again": lambda store, by: store.users.update(by.name, disabled=False, by=by),
    "an unknown user": lambda store, by: store.users.update("eve", disabled=True, by=by),
    "a grant": lambda store, by: store.grants.add(grant(by.name), most=9, by=by),
    "a grant too many": lambda store, by: store.grants.add(grant(by.name), most=0, by=by),
    "a revocation": lambda store, by: store.grants.remove(by.name, ecg_id(), by=by),
    "signing out": lambda store, by: store.users.update("ann", sign_out=True, by=by),
    "nothing": lambda store, by: store.users.update("ann", by=by),
}

CHANGES: dict[str, Change] = {
    "disabled": lambda store: store.users.update("ann", disabled=True),
    "given a password": lambda store: store.users.update("ann", password_hash="reset"),
    "disabled and enabled": lambda store: _toggle(store, "ann"),
}


async def _toggle(store: Store, name: str) -> None:
    for disabled in (True, False):
        await store.users.update(name, disabled=disabled)


@pytest.fixture
async def store(store: Store) -> Store:
    await store.users.add(user("ann"))
    await store.users.add(user("root", Role.ADMIN))
    return store


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("write", WRITES)
async def test_who_has_changed_writes_nothing(store: Store, write: str, change: str) -> None:
    await CHANGES[change](store)
    before = await store.users.page(limit=9)
    with pytest.raises(Unauthenticated):
        await WRITES[write](store, ANN)
    assert await store.users.page(limit=9) == before
    assert await store.ecgs.page("ann", limit=9) == []


async def test_who_is_not_there_writes_nothing(store: Store) -> None:
    for write in WRITES.values():
        with pytest.raises(Unauthenticated):
            await write(store, Principal("nobody", Role.ADMIN))


async def test_who_signs_in_again_writes_again(store: Store) -> None:
    await _toggle(store, "ann")
    again = Principal.of(await store.users.get("ann"))
    key = await _add_ecg(store, again)
    assert isinstance(key, UUID)
    await store.ecgs.delete("ann", key, by=again)
    await store.users.update("ann", password_hash="mine", by=again)


async def test_a_change_counts_for_those_it_is_about_only(store: Store) -> None:
    await store.users.update("ann", disabled=True, by=ROOT)
    await store.users.add(user("bob"), by=ROOT)
    with pytest.raises(UserExists):
        await store.users.add(user("bob"), by=ROOT)
    with pytest.raises(LastAdmin):
        await store.users.update("root", disabled=True, by=ROOT)
    await store.users.update("root", password_hash="new", by=ROOT)
    with pytest.raises(Unauthenticated):
        await store.users.update("root", password_hash="another", by=ROOT)


async def test_in_a_batch_each_sender_counts_for_themselves(store: Store) -> None:
    await store.users.update("ann", password_hash="new")
    now = Principal.of(await store.users.get("ann"))
    [kept] = await added(store, new("ann", client_id="1", fingerprint=b"f"))
    batch = [
        new("ann", "qrs", sender=ANN),
        new("ann", sender=now),
        new("root", sender=ROOT),
        new("ann", client_id="1", fingerprint=b"f", sender=ANN),
        new("ann", client_id="1", fingerprint=b"f", sender=now),
    ]
    answers = await store.ecgs.add_many(batch)
    assert answers[1:3] == [one.ecg.id for one in batch[1:3]]
    assert [type(answers[n]) for n in (0, 3)] == [Unauthenticated, Unauthenticated]
    assert answers[4] == kept
    assert {e.id for e in await store.ecgs.page("ann", limit=9)} == {kept, batch[1].ecg.id}
    assert await store.insights.pending(limit=9) == []


async def test_a_key_counts_while_it_is_there(store: Store) -> None:
    kept, gone = grant("ann"), grant("ann")
    for one in (kept, gone):
        await store.grants.add(one, most=9)
    by = [replace(ANN, grant=one.id) for one in (kept, gone)]
    both = [new("ann", sender=one) for one in by]
    assert await store.ecgs.add_many(both) == [one.ecg.id for one in both]
    await store.grants.remove("ann", gone.id)
    batch = [new("ann", sender=one) for one in (by[1], by[0], ANN, by[1])]
    answers = await store.ecgs.add_many(batch)
    assert answers[1:3] == [one.ecg.id for one in batch[1:3]]
    assert [type(answers[n]) for n in (0, 3)] == [Unauthenticated, Unauthenticated]
    assert isinstance(await store.ecgs.add_long(batch[0]), Unauthenticated)
    with pytest.raises(Unauthenticated):
        await store.ecgs.delete("ann", both[0].ecg.id, by=by[0])
