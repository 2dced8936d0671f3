"""Nobody can use a damaged grant; all others can be used."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.errors import DamagedGrant
from ecg_service.domain.grants import Kind, UnreadableGrant
from ecg_service.domain.principal import Scope
from tests.contract.builders import NOON, grant
from tests.unit.adapters.sqlite.alterations import alter

DAY = timedelta(days=1)
ONE, TWO, THREE = (
    grant(id=UUID(int=n), scopes=frozenset([Scope.INGEST]), expires=NOON + DAY) for n in (1, 2, 3)
)
ALTERATIONS = [
    "digest = x'00'",
    "created = -1 << 63",
    "expires = NULL",
    "expires = expires + 1",
    "name = CAST(x'ff' AS TEXT)",
    "scopes = NULL",
    "scopes = 'ingest read'",
    "scopes = 'everything'",
    "epoch = 1",
    "last_used = 0",
    "checksum = checksum + 1",
]


@pytest.mark.parametrize("change", ALTERATIONS)
async def test_damage_is_noticed_and_stays_where_it_is(path: Path, change: str) -> None:
    async with SqliteStore.open(path) as store:
        for one in (ONE, TWO, THREE):
            await store.grants.add(one, most=9)
    alter(path, f"UPDATE grants SET {change} WHERE id = x'{TWO.id.hex}'")
    async with SqliteStore.open(path) as store:
        with pytest.raises(DamagedGrant):
            await store.grants.get(TWO.id)
        with pytest.raises(DamagedGrant):
            await store.grants.replace(TWO, TWO)
        page = await store.grants.page("ann", Kind.API_KEY, limit=9)
        assert page == [ONE, UnreadableGrant(TWO.id), THREE]
        await store.grants.touch({TWO.id: NOON, THREE.id: NOON})
        assert (await store.grants.get(THREE.id)).last_used == NOON
        await store.grants.remove("ann", TWO.id)
        assert len(await store.grants.page("ann", Kind.API_KEY, limit=9)) == 2


@pytest.mark.parametrize("change", ["owner = 'eve'", "kind = 'session'"])
async def test_what_is_altered_to_be_another_ones_opens_nothing(path: Path, change: str) -> None:
    async with SqliteStore.open(path) as store:
        await store.grants.add(ONE, most=9)
    alter(path, f"UPDATE grants SET {change}")
    async with SqliteStore.open(path) as store:
        with pytest.raises(DamagedGrant):
            await store.grants.get(ONE.id)
