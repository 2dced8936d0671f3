from dataclasses import replace
from pathlib import Path

import pytest

from ecg_service.bootstrap.stores import configured_database, open_store
from ecg_service.bootstrap.worker import Worker, prepare, settings_of_each
from ecg_service.domain.insights import InsightState
from ecg_service.services.in_flight import MEMORY_PER_BYTE
from ecg_service.settings import EdgeSettings, Settings, StoreSettings
from tests.contract.builders import added, new


def room(workers: int, **edge: int) -> int:
    settings = Settings(edge=replace(EdgeSettings(), **edge))
    return settings_of_each(settings, workers).edge.max_bytes_in_flight


@pytest.mark.parametrize(
    ("workers", "expected"),
    [(2, 500), (8, 100 * MEMORY_PER_BYTE)],
)
def test_each_worker_has_room_for_any_body_that_is_allowed(workers: int, expected: int) -> None:
    assert room(workers, max_body_bytes=100, max_bytes_in_flight=1000) == expected


def test_but_not_for_more_than_all_may_have() -> None:
    assert room(8, max_body_bytes=1000, max_bytes_in_flight=1000) == 1000


def test_one_worker_does_what_one_has_to_do_for_all(tmp_path: Path) -> None:
    database = configured_database(sqlite(tmp_path))
    database.migrate()
    with database.shared() as shared:
        assert [Worker(place, shared).sweeps for place in range(3)] == [True, False, False]


async def test_what_ran_in_workers_that_have_ended_is_pending_again(tmp_path: Path) -> None:
    settings = sqlite(tmp_path)
    async with open_store(settings) as store:
        [key] = await added(store, new("ann", "length"))
        await store.insights.claim([key], now=1)
    await prepare(settings)
    async with open_store(settings) as store:
        stored = await store.ecgs.get("ann", key, samples=False)
        assert [one.state for one in stored.insights] == [InsightState.PENDING]
        assert await store.users.get("admin")


def sqlite(folder: Path) -> Settings:
    return Settings(store=StoreSettings(f"sqlite:///{folder}/ecg.db"))
