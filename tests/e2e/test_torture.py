"""A small share of `just torture`, and that it finds what it is there to find."""

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.servers import Servers
from tests.torture import rounds
from tests.torture.calls import Lives, failures
from tests.torture.disk import Disk, Fault
from tests.torture.place import Place
from tests.torture.power import Recording, judge, recorded
from tests.torture.survival import failing
from tests.torture.variants import (
    CRASH,
    CRASH_AFTERWARDS,
    EARLY_ANSWER,
    NORMAL,
    PANIC,
    SHORT_LOG,
    Change,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs LD_PRELOAD")

SEED = 20_261
STATES = 1_000


@pytest.fixture
def place(tmp_path: Path, servers: Servers) -> Place:
    folder = tmp_path / "round"
    folder.mkdir()
    return Place(folder, SEED, Disk.built(tmp_path), servers)


async def record(place: Place, *changes: Change, faults: Sequence[Fault] = ()) -> Recording:
    env = place.variant(SHORT_LOG, *changes)
    return await recorded(place.folder, place.traffic(), place.disk, *faults, answers=30, env=env)


async def test_a_power_failure_loses_nothing_acknowledged(place: Place) -> None:
    recording = await record(place)
    verdict = judge(recording, SEED, STATES)
    assert verdict.wrong == []
    assert verdict.states > STATES // 2
    # The record of a disk that takes writes for synced when they are not.
    lying = replace(recording, record=[one for one in recording.record if one.kind not in "bs"])
    assert judge(lying, SEED, STATES).wrong


@pytest.mark.parametrize("mutant", [NORMAL, EARLY_ANSWER], ids=["normal", "early_answer"])
async def test_a_service_that_breaks_the_promise_is_caught(place: Place, mutant: Change) -> None:
    wrong = judge(await record(place, mutant), SEED, STATES).wrong
    assert any("lost or altered" in one for one in wrong)


async def test_a_kill_at_any_call_to_the_disk_loses_nothing(place: Place) -> None:
    lives = Lives(place)
    await lives.run(
        [Fault("write", 2, "kill"), Fault("write", 90, "tear"), Fault("sync", 30, "kill")]
    )
    assert lives.deaths == 3
    assert lives.traffic.sender.ledger.acknowledged


async def test_errors_of_the_disk_lose_nothing_even_if_the_power_fails(place: Place) -> None:
    faults = failures(random.Random(SEED), 8, {"write": 60, "sync": 20, "truncate": 2})
    assert judge(await record(place, faults=faults), SEED, STATES // 2).wrong == []


async def test_actors_that_fail_and_a_core_that_panics_lose_nothing(place: Place) -> None:
    assert (await failing(place, [CRASH, CRASH_AFTERWARDS, PANIC]))["answers 500"]


async def test_each_flipped_bit_of_what_is_stored_is_noticed(place: Place) -> None:
    assert (await rounds.rotten(place, flips=50))["flips noticed"]
