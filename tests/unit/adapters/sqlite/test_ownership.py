"""Another user's ECG costs what an unknown one does: nothing of it is read."""

from contextlib import closing
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore, check
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.reading import GET
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from tests.contract.builders import added, ecg_id, new, reads, user
from tests.unit.adapters.sqlite.alterations import alter


async def test_the_row_of_another_user_is_not_read(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        for name in ("ann", "bob"):
            await store.users.add(user(name))
        [anns] = await added(store, new("ann"))
    with closing(open_reader(path, Limits())) as connection:
        for name in ("bob", "nobody", ""):
            assert execute(connection, GET, anns.bytes, name) == []
            assert execute(connection, GET, ecg_id().bytes, name) == []
        assert len(execute(connection, GET, anns.bytes, "ann")) == 1


@pytest.mark.parametrize("owner", ["eve", "bob"])
async def test_an_altered_owner_is_damage_and_passes_to_nobody(path: Path, owner: str) -> None:
    """Where the other owner is a user too, only a check tells."""
    async with SqliteStore.open(path) as store:
        for name in ("ann", "bob"):
            await store.users.add(user(name))
        [anns] = await added(store, new("ann"))
    alter(path, f"UPDATE ecgs SET owner = '{owner}'")
    async with SqliteStore.open(path) as store:
        for read in reads(store):
            with pytest.raises(DamagedEcg if owner == "eve" else EcgNotFound):
                await read("ann", anns)
            with pytest.raises(DamagedEcg):
                await read(owner, anns)
    assert len(list(check(path))) == 1
