"""A small share of what `just torture` does to the servers behind the service."""

from pathlib import Path

import pytest

from tests.servers.servers import Servers
from tests.torture.disk import Disk
from tests.torture.outages import backups, postgres, processes, rabbitmq, redis
from tests.torture.place import Place

SEED = 20_261


@pytest.fixture
def place(tmp_path: Path, servers: Servers) -> Place:
    return Place(tmp_path, SEED, Disk(tmp_path), servers)


async def test_nothing_is_lost_whatever_becomes_of_postgresql(place: Place) -> None:
    kinds = (
        postgres.Failing.kill_one,
        postgres.Failing.stop_at_once,
        postgres.Failing.end_sessions,
        postgres.Failing.cut_after_commit,
        postgres.Failing.cut_before_commit,
    )
    figures = await postgres.round_of(place, kinds)
    assert figures["acknowledged"]
    assert figures["cuts"] == 2 * postgres.CUTS


async def test_no_outage_of_the_cache_is_noticed(place: Place) -> None:
    kinds = (
        redis.Failing.poison,
        redis.Failing.kill,
        redis.Failing.hang,
        redis.Failing.end_sessions,
        redis.Failing.flush,
    )
    assert (await redis.round_of(place, kinds))["hits"]


async def test_no_outage_of_the_broker_or_of_workers_is_noticed_by_who_sends(place: Place) -> None:
    kinds = (
        rabbitmq.Failing.delete_queue,
        rabbitmq.Failing.kill_worker,
        rabbitmq.Failing.wedge_queue,
    )
    assert (await rabbitmq.round_of(place, kinds))["acknowledged"]


async def test_workers_that_fail_lose_nothing(place: Place) -> None:
    kinds = (processes.Failing.flood, processes.Failing.kill, processes.Failing.hang)
    assert (await processes.round_of(place, kinds))["acknowledged"]


async def test_a_backup_of_postgresql_under_load_goes_on_elsewhere(place: Place) -> None:
    figures = await backups.round_of(place, backups.served, count=2)
    assert figures["held"]
