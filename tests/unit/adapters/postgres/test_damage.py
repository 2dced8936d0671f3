"""Whatever is altered below the service is noticed, told with its place, and stops nothing else."""

from uuid import UUID

import pytest

from ecg_core import Signal, pack
from ecg_service.adapters.core import verify_blob
from ecg_service.adapters.postgres import PostgresStore
from ecg_service.adapters.rows.insights import DAMAGED
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.ecg import Ecg, UnreadableEcg
from ecg_service.domain.errors import DamagedEcg, DamagedGrant, DamagedKey, DamagedUser, EcgNotFound
from ecg_service.domain.grants import Kind, UnreadableGrant
from ecg_service.domain.insights import InsightState
from ecg_service.domain.principal import Scope
from ecg_service.domain.users import UnreadableUser
from ecg_service.ports.store import Checked
from tests.contract.builders import NOON, added, grant, insights_of, new, user
from tests.postgres import execute

BLOB, OTHER = pack([Signal([1, 2, 3])]), pack([Signal([3, 2, 1])])
METADATA = (
    "date = date + 1",
    "leads = 'x'",
    "leads = '\\xff'",
    "sampling_rate = 1",
    "checksum = 0",
)


@pytest.fixture
async def two(store: PostgresStore) -> list[UUID]:
    return await added(
        store,
        new("ann", "a", "b", blob=BLOB, client_id="7", fingerprint=b"f", key="k"),
        new("ann", "a", "b", blob=OTHER),
    )


def problems(url: str) -> list[str]:
    return list(database_from_url(url).check(verify_blob, Checked()))


def alter(url: str, table: str, change: str, where: str = "true") -> None:
    execute(f"UPDATE {table} SET {change} WHERE {where}", url=url)


@pytest.mark.parametrize("change", METADATA)
async def test_altered_metadata(
    url: str, store: PostgresStore, two: list[UUID], change: str
) -> None:
    damaged, sound = two
    alter(url, "ecgs", change, f"id = '{damaged}'")
    with pytest.raises(DamagedEcg):
        await store.ecgs.get("ann", damaged)
    listed = await store.ecgs.page("ann", limit=9)
    assert {type(one): one.id for one in listed} == {UnreadableEcg: damaged, Ecg: sound}
    [again] = await store.ecgs.add_many([new(client_id="7", fingerprint=b"f")])
    assert isinstance(again, DamagedEcg)
    [claim] = await store.insights.claim(two, now=1)
    assert claim.ecg.id == sound
    [problem] = problems(url)
    assert problem.startswith(f"ecgs row id {damaged}: ")


@pytest.mark.parametrize("change", [f"blob = '\\x{OTHER.hex()}'", "blob = ''", "blob_checksum = 0"])
async def test_samples_of_another(
    url: str, store: PostgresStore, two: list[UUID], change: str
) -> None:
    alter(url, "ecgs", change, f"id = '{two[0]}'")
    with pytest.raises(DamagedEcg):
        await store.ecgs.get("ann", two[0])
    assert (await store.ecgs.get("ann", two[0], samples=False)).ecg.date == NOON
    assert len(problems(url)) == 1


async def test_an_altered_owner(url: str, store: PostgresStore, two: list[UUID]) -> None:
    alter(url, "ecgs", "owner = 'bob'", f"id = '{two[0]}'")
    for owner, error in (("ann", DamagedEcg), ("bob", DamagedEcg), ("eve", EcgNotFound)):
        with pytest.raises(error):
            await store.ecgs.get(owner, two[0])
    assert len(problems(url)) == 1


@pytest.mark.parametrize("change", ["result = '1'", "error = '\\xff'", "attempts = 7"])
async def test_an_altered_insight(
    url: str, store: PostgresStore, two: list[UUID], change: str
) -> None:
    alter(url, "insights", change, f"ecg_id = '{two[0]}' AND name = 'a'")
    a, b = await insights_of(store, "ann", two[0])
    assert (a.name, a.state, a.error) == ("a", InsightState.FAILED, DAMAGED)
    assert b.state is InsightState.PENDING
    only = await store.ecgs.get("ann", two[0], insights=["a", "b"])
    assert [record.name for record in only.insights] == ["b"]
    assert problems(url) == [
        f"insights row a of ECG {two[0]}: the record does not match its checksum"
        if "xff" not in change
        else f"insights row a of ECG {two[0]}: a text of the record is not UTF-8"
    ]
    claims = await store.insights.claim(two, now=1)
    assert [r.name for claim in claims for r in claim.insights] == ["b", "a", "b"]
    assert await store.insights.pending(limit=9) == []


async def test_an_altered_user(url: str, store: PostgresStore) -> None:
    for name in ("ann", "bob"):
        await store.users.add(user(name))
    alter(url, "users", "password_hash = 'mine'", "name = 'ann'")
    with pytest.raises(DamagedUser):
        await store.users.get("ann")
    assert await store.users.page(limit=9) == [UnreadableUser("ann"), user("bob")]
    assert problems(url) == ["users row ann: the record does not match its checksum"]


async def test_an_altered_identity(url: str, store: PostgresStore) -> None:
    await store.users.add(user("ann"))
    await store.identities.link("here", "sub:1", user("bob"), is_new=True)
    alter(url, "identities", "name = 'ann'")
    with pytest.raises(DamagedUser):
        await store.identities.user_of("here", "sub:1")
    assert problems(url) == ["identities row sub:1 of here: the record does not match its checksum"]


async def test_an_identity_whose_user_is_lost(url: str, store: PostgresStore) -> None:
    await store.identities.link("here", "sub:1", user("bob"), is_new=True)
    alter(url, "users", "name = 'eve'")
    with pytest.raises(DamagedUser):
        await store.identities.user_of("here", "sub:1")
    assert "identities row sub:1 of here: there is no such user" in problems(url)


@pytest.mark.parametrize("change", ["scopes = NULL", "digest = 'x'", "name = '\\xff'"])
async def test_an_altered_grant(url: str, store: PostgresStore, change: str) -> None:
    one, other = grant(scopes=frozenset([Scope.READ])), grant()
    for made in (one, other):
        await store.grants.add(made, most=9)
    alter(url, "grants", change, f"id = '{one.id}'")
    with pytest.raises(DamagedGrant):
        await store.grants.get(one.id)
    assert await store.grants.page("ann", Kind.API_KEY, limit=9) == [UnreadableGrant(one.id), other]
    [problem] = problems(url)
    assert problem.startswith(f"grants row id {one.id}: ")
    await store.grants.touch({one.id: NOON, other.id: NOON})
    assert (await store.grants.get(other.id)).last_used == NOON
    await store.grants.remove("ann", one.id)
    assert problems(url) == []


async def test_an_altered_key(url: str, store: PostgresStore, two: list[UUID]) -> None:
    alter(url, "idempotency_keys", "fingerprint = 'x'")
    [again] = await store.ecgs.add_many([new(key="k", fingerprint=b"f")])
    assert isinstance(again, DamagedKey)
    assert problems(url) == [
        "idempotency_keys row k of ann: the record does not match its checksum"
    ]


async def test_a_backfill_that_is_damaged_begins_anew(
    url: str, store: PostgresStore, two: list[UUID]
) -> None:
    assert await store.insights.backfill("c", 1, limit=9) == 2
    alter(url, "backfills", "position = 'ffffffff-ffff-ffff-ffff-ffffffffffff'")
    assert problems(url) == ["backfills row c 1: the record does not match its checksum"]
    execute("DELETE FROM insights WHERE name = 'c'", url=url)
    assert await store.insights.backfill("c", 1, limit=9) == 2


async def test_what_belongs_to_nothing(url: str, store: PostgresStore, two: list[UUID]) -> None:
    execute(f"DELETE FROM ecgs WHERE id = '{two[0]}'", url=url)
    assert problems(url) == [
        "client_ids row 7 of ann: there is no such ECG",
        f"insights row a of ECG {two[0]}: belongs to an ECG that is not there",
        f"insights row b of ECG {two[0]}: belongs to an ECG that is not there",
    ]
    [again] = await store.ecgs.add_many([new(client_id="7", fingerprint=b"f")])
    assert isinstance(again, DamagedEcg)
    [claim] = await store.insights.claim(two, now=1)
    assert claim.ecg.id == two[1]
