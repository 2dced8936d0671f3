"""A small share of what `just torture` does to the servers behind the service: D7."""

from pathlib import Path

import pytest

from tests.servers.servers import Servers
from tests.torture.disk import Disk
from tests.torture.outages import postgres
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
