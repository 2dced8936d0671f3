"""A chain goes on where the database says that it ends, whatever became of the last transaction."""

from contextlib import suppress
from itertools import product

from ecg_service.domain.errors import EcgError
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.services.audit.reading import entries, verify
from tests.contract.builders import ecgs_of, new, user
from tests.unit.adapters.postgres.engine.test_commits import COMMIT, lose
from tests.unit.adapters.postgres.proxied import behind_proxy


async def test_what_is_noted_is_what_was_committed(url: str) -> None:
    sender = Principal("ann", Role.USER)
    async with behind_proxy(url, audited=True) as (store, proxy):
        await store.users.add(user("ann"))
        for fault, _ in product(("cut before", "cut after"), range(3)):
            lose(proxy, COMMIT, fault)
            for _ in range(2):  # the second is not cut
                with suppress(EcgError):
                    await store.ecgs.add_many([new("ann", sender=sender)])
        stored = {str(one.id) for one in await ecgs_of(store, "ann")}
        noted = [one.event async for one in entries(store.audit)]
        created = [one.object for one in noted if one.action == "ecg.create"]
        assert proxy.cuts == 6
        assert sorted(created) == sorted(stored)
        assert len(created) == 9
        assert [one async for one in verify(store.audit)] == []
        assert len(await store.audit.heads()) == 1
