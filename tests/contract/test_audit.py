"""Every store notes what is done to it in the transaction that does it, in chains."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import pytest

from ecg_service.adapters.core import verify_blob
from ecg_service.domain.audit.blocks import BEGIN, MOST, Entry, Link, entries_of
from ecg_service.domain.audit.chains import CUT, digest_of
from ecg_service.domain.audit.events import OK, OPERATOR, REPLAYED, SERVICE, Event
from ecg_service.domain.errors import EcgIdsTaken, EcgNotFound
from ecg_service.domain.grants import Kind
from ecg_service.domain.principal import Origin, Principal
from ecg_service.domain.users import Role
from ecg_service.ports.store import Checked, Database, Store
from ecg_service.services.audit.reading import entries, verify
from tests.contract.builders import added, ecg_id, grant, new, user
from tests.contract.conftest import audited

ORIGIN = Origin("https://sso.example", "request-7\0", "192.0.2.7")


@pytest.fixture
async def store(database: Database) -> AsyncGenerator[Store]:
    async with audited(database).open() as opened:
        yield opened


async def all_of(store: Store) -> list[Entry]:
    return [one async for one in entries(store.audit)]


async def noted(store: Store) -> list[tuple[str, str, str, str]]:
    """Return what was done, with names in place of ids; without the beginnings of chains."""
    names = await store.audit.names()

    def shown(text: str) -> str:
        return names.get(text.removeprefix("user:"), text)

    events = [one.event for one in await all_of(store)]
    return [
        (shown(one.actor), one.action, shown(one.object), one.outcome)
        for one in events
        if one.action != BEGIN
    ]


async def problems(store: Store) -> list[str]:
    return [one async for one in verify(store.audit)]


def by(name: str = "ann") -> Principal:
    return Principal(name, Role.USER, origin=ORIGIN)


async def test_an_ecg_is_noted_with_who_sent_it_and_from_where(store: Store) -> None:
    await store.users.add(user("ann"))
    [one] = await added(store, new(sender=by()))
    assert (await noted(store))[1:] == [("ann", "ecg.create", str(one), OK)]
    first, *_, last = await all_of(store)
    assert (first.number, first.event.action, first.event.actor) == (0, BEGIN, SERVICE)
    assert last.event.origin == ORIGIN
    assert "ann" not in last.event.actor
    assert await problems(store) == []


async def test_a_batch_is_a_row_for_each_that_is_stored(store: Store) -> None:
    await store.users.add(user("ann"))
    twins = [new(sender=by(), client_id="c", fingerprint=b"f") for _ in range(2)]
    other = new(sender=by(), client_id="c", fingerprint=b"g")
    gone = new(sender=Principal("ann", Role.USER, epoch=1))
    await store.ecgs.add_many([*twins, other, gone])
    first = str(twins[0].ecg.id)
    assert (await noted(store))[1:] == [
        ("ann", "ecg.create", first, OK),
        ("ann", "ecg.create", first, REPLAYED),
    ]


async def test_what_is_not_done_is_not_noted(store: Store) -> None:
    await store.users.add(user("ann"))
    known = new(sender=by(), client_id="c", fingerprint=b"f")
    await added(store, known)
    before = await all_of(store)
    with pytest.raises(EcgNotFound):
        await store.ecgs.delete("ann", ecg_id(), by=by())
    refused = [new(sender=by()), new(sender=by(), client_id="c", fingerprint=b"g")]
    with pytest.raises(EcgIdsTaken):
        await store.ecgs.add_read(lambda: refused, together=True)
    assert await store.grants.replace(grant(), grant()) is False
    assert await store.users.add_first(user("eve")) is False
    assert await all_of(store) == before


async def test_each_change_is_noted(store: Store) -> None:
    await store.users.add(user("ann"))
    await store.users.add(user("boss", Role.ADMIN))
    await store.users.update("boss", password_hash="h", by=by())
    await store.users.update("boss", sign_out=True)
    await store.identities.link("https://sso.example", "7", user("eve"), is_new=True)
    await store.identities.link("https://sso.example", "7", user("eve"), is_new=True)
    key, session = grant(), grant(kind=Kind.SESSION)
    for one in (key, session):
        await store.grants.add(one, most=9, by=by())
    await store.grants.replace(session, session)
    await store.grants.remove("ann", key.id, by=by())
    await store.grants.remove("ann", session.id)
    [first, second, third] = await added(store, *(new(sender=by()) for _ in range(3)))
    await store.ecgs.delete("ann", first, by=by())
    await store.ecgs.delete_many([("ann", second), ("ann", third)])
    operator, service = OPERATOR, SERVICE
    created = [("ann", "ecg.create", str(one), OK) for one in (first, second, third)]
    assert await noted(store) == [
        (operator, "user.create", "ann", OK),
        (operator, "admin.create", "boss", OK),
        ("ann", "user.password", "boss", OK),
        (operator, "user.sign-out", "boss", OK),
        (service, "user.create", "eve", OK),
        (service, "user.link", "eve", OK),
        ("ann", "api-key.create", str(key.id), OK),
        ("ann", "session.begin", str(session.id), OK),
        ("ann", "session.refresh", str(session.id), OK),
        ("ann", "api-key.revoke", str(key.id), OK),
        (service, "session.end", str(session.id), OK),
        *created,
        ("ann", "ecg.delete", str(first), OK),
        (service, "ecg.sweep", "", OK),
    ]
    assert (await all_of(store))[-1].event.count == 2
    assert await problems(store) == []


async def test_an_erased_user_leaves_ids_without_a_name(store: Store) -> None:
    await store.users.add(user("ann"))
    [one] = await added(store, new(sender=by()))
    await store.ecgs.delete("ann", one)
    await store.users.update("ann", disabled=True)
    [former] = await store.audit.names()
    await store.users.remove("ann")
    assert await store.audit.names() == {}
    await store.audit.append([Event("ecg.read", str(one), actor="user:ann")])
    assert (await noted(store))[-2:] == [
        (OPERATOR, "user.erase", f"user:{former}", OK),
        ("user:?", "ecg.read", str(one), OK),
    ]
    await store.users.add(user("ann"))
    assert list(await store.audit.names()) != [former]
    assert await problems(store) == []


async def test_a_user_who_comes_again_is_another_to_all_that_are_open(database: Database) -> None:
    if not database.is_persistent:
        return
    event = Event("ecg.list", actor="user:ann")
    async with audited(database).open() as store, audited(database).open_beside() as beside:
        await store.users.add(user("ann"))
        await store.audit.append([event])
        await beside.users.update("ann", disabled=True)
        await beside.users.remove("ann")
        await beside.users.add(user("ann"))
        await store.audit.append([event])
        names = await store.audit.names()
        actors = [one.event.actor for one in await all_of(store) if one.event.action == "ecg.list"]
        assert sorted(names.get(actor.removeprefix("user:"), "") for actor in actors) == ["", "ann"]
        assert await problems(store) == []


async def test_many_at_once_make_one_chain(store: Store) -> None:
    await store.users.add(user("ann"))
    events = [Event("ecg.read", str(number)) for number in range(20)]
    await asyncio.gather(
        *(store.audit.append([one]) for one in events),
        *(store.ecgs.add_many([new(sender=by())]) for _ in range(5)),
    )
    rows = await all_of(store)
    assert len(rows) == 2 + 20 + 5
    assert {one.event.object for one in rows} >= {str(number) for number in range(20)}
    assert len(await store.audit.heads()) == 1
    assert await problems(store) == []


async def test_pages_of_a_chain(store: Store) -> None:
    for number in range(5):
        await store.audit.append([Event("ecg.read", str(number)), Event("ecg.list")])
    [head] = await store.audit.heads()
    page = store.audit.page
    blocks = (await page(head.chain, after=-1, limit=99)).blocks
    assert [one.number for one in blocks] == [2, 4, 6, 8, 10]
    assert blocks[-1].link == head
    assert [row for one in blocks for row in entries_of(one)] == await all_of(store)
    assert (await page(head.chain, after=2, limit=2)).blocks == blocks[1:3]
    assert (await page(head.chain, after=3, limit=1)).blocks == blocks[1:2]
    assert (await page(head.chain, after=10, limit=2)).blocks == []
    assert (await page(UUID(int=7), after=-1, limit=2)).blocks in ([], ())


async def test_each_store_that_is_opened_has_a_chain_of_its_own(database: Database) -> None:
    if not database.is_persistent:
        return
    for _ in range(2):
        async with audited(database).open() as store:
            await store.audit.append([Event("ecg.list")])
    async with audited(database).open() as store, audited(database).open_beside() as beside:
        await store.audit.append([Event("ecg.list")])
        await beside.users.add(user("ann"))
        assert len(await store.audit.heads()) == 4
        assert await problems(beside) == []
    checked = Checked()
    assert list(database.check(verify_blob, checked)) == []
    assert checked.audit_rows == 8


async def test_what_is_forgotten_is_cut_off_and_the_rest_still_holds(store: Store) -> None:
    for first in (0, 5):
        await store.audit.append([Event("ecg.read", at=at) for at in range(first, first + 5)])
    old = await ends(store)
    await store.audit.append([Event("ecg.list", at=10)])
    assert await store.audit.forget(5) == 0  # the beginning is of now
    assert await store.audit.forget(2**62) == 12
    [cut] = await store.audit.cuts()
    [left] = await all_of(store)
    assert (left.event.action, left.event.object) == (CUT, digest_of([cut]))
    assert (left.number, cut.number, left.event.count) == (12, 11, 12)
    assert await problems(store) == []
    await store.audit.append([Event("ecg.list", at=3)])
    assert await problems(store) == []
    assert [one async for one in verify(store.audit, [*old, cut])] == []
    missing = [old[0], cut, cut.__class__(uuid4(), 0, b"")]
    assert len([one async for one in verify(store.audit, missing)]) == 1


async def test_a_block_is_kept_as_long_as_one_of_its_rows(store: Store) -> None:
    future = 2**60
    for times in [(1, 2), (3, 9, 4), (5, 6)]:
        await store.audit.append([Event("ecg.read", at=future + at) for at in times])
    rows = await all_of(store)
    assert await store.audit.forget(future + 6) == 3
    assert (await all_of(store))[:-1] == rows[3:]
    assert await problems(store) == []


async def ends(store: Store) -> list[Link]:
    """Return where each block ends."""
    heads = await store.audit.heads()
    pages = [await store.audit.page(one.chain, after=-1, limit=99) for one in heads]
    return [block.link for page in pages for block in page.blocks]


async def test_a_store_that_is_not_audited_notes_nothing(database: Database) -> None:
    async with database.open() as store:
        await store.users.add(user("ann"))
        await added(store, new(sender=by()))
        await store.audit.append([Event("ecg.list")])
        assert await store.audit.heads() == []


async def test_rows_of_any_number_are_a_chain(store: Store) -> None:
    await store.users.add(user("ann"))
    counts = (1, 2, 3, 85, MOST, 2 * MOST + 1)
    for count in counts:
        await store.audit.append([Event("ecg.list", actor="user:ann") for _ in range(count)])
    rows = await all_of(store)
    assert [one.number for one in rows] == [*range(2 + sum(counts))]
    assert len(await ends(store)) == 1 + 5 + 3
    assert len({one.event.actor for one in rows[2:]}) == 1
    assert await problems(store) == []
