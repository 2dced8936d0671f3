"""One round of each fault, in a folder of its own; an AssertionError says what was wrong."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from signal import Signals

from tests.disks import MAY_MOUNT, disk_of
from tests.e2e.service import Service, running
from tests.torture.calls import Lives, failures, kill
from tests.torture.disk import FOREVER, Fault
from tests.torture.kills import SETTINGS, Kills
from tests.torture.place import Place, counted, settled
from tests.torture.power import DATABASE, Recording, judge, recorded
from tests.torture.rot import Flips
from tests.torture.traffic import Traffic
from tests.torture.variants import (
    EARLY_ANSWER,
    NORMAL,
    SHORT_LOG,
    Change,
)

ENDS = 6
DEATHS = 10
ANSWERS = 60
SOME_STATES = 1_000


async def ends(place: Place, *, signals: Sequence[Signals]) -> Counter[str]:
    """D1, D14: end the service at random moments."""
    kills, left = Kills(place.folder, place.seed, signals), iter(range(ENDS))
    await kills.run(lambda: next(left, None) is not None)
    await settled(place, kills.traffic)
    return counted(kills.traffic, ends=kills.ended)


async def deaths(place: Place) -> Counter[str]:
    """D2: kill the service at the k-th call to its disk."""
    lives, chance = Lives(place), random.Random(place.seed)
    await lives.run([kill(chance) for _ in range(DEATHS)])
    return counted(lives.traffic, deaths=lives.deaths)


async def power(place: Place) -> Counter[str]:
    """D3: cut the power at every moment, in several ways."""
    traffic = place.traffic()
    env = place.variant(*([SHORT_LOG] if place.seed % 4 else []))
    recording = await recorded(
        place.folder, traffic, place.disk, answers=2 * ANSWERS + place.seed % 2, env=env
    )
    return counted(traffic) + await judged(recording, place.seed)


async def mutants(place: Place) -> Counter[str]:
    """D3: see that the gate catches services and disks that do not keep the promise."""
    for name, (changes, faults) in MUTANTS.items():
        at = place._replace(folder=place.folder / name)
        at.folder.mkdir()
        recording = await recorded(
            at.folder, at.traffic(), at.disk, *faults, answers=20, env=at.variant(*changes)
        )
        assert judge(recording, at.seed, SOME_STATES).wrong, f"{name} was not caught"
    return Counter(mutants=len(MUTANTS))


MUTANTS: dict[str, tuple[Sequence[Change], Sequence[Fault]]] = {
    "synchronous=NORMAL": ([NORMAL], []),
    "answer before commit": ([EARLY_ANSWER], []),
    "disk that lies": ([], [Fault("sync", 1, "lie", FOREVER)]),
}


async def errors(place: Place) -> Counter[str]:
    """D4: let calls fail with EIO and ENOSPC, and cut the power all the while."""
    traffic, chance = place.traffic(), random.Random(place.seed)
    faults = failures(chance, 16, {"write": 60, "sync": 20, "truncate": 2})
    recording = await recorded(
        place.folder, traffic, place.disk, *faults, answers=ANSWERS, env=place.variant(SHORT_LOG)
    )
    states = await judged(recording, place.seed)
    await settled(place, traffic)
    assert 201 in traffic.sender.ledger.statuses[-30:]
    return counted(traffic, errors=len(faults)) + states


async def full(place: Place) -> Counter[str]:
    """D4: fill a disk of 4 MiB, make room, and fill it again."""
    traffic = place.traffic()
    if not MAY_MOUNT:
        return Counter({"full disks left out: only root may mount one": 1})
    with disk_of("4m") as disk:
        url = {"database_url": f"sqlite:///{disk / DATABASE}", "reserve_bytes": 400_000}
        async with running(place.folder, **SETTINGS, **url) as service:
            await service.register()
            ledger = traffic.sender.ledger
            await traffic.flow(service, until=lambda: ledger.statuses.count(507) > 100)
            await make_room(traffic, service)
            await traffic.flow(service, until=lambda: 201 in ledger.statuses[-20:])
            await traffic.compare(service, again=True)
            assert await service.stop() == 0
        async with running(place.folder, **SETTINGS, **url) as service:
            await traffic.compare(service, again=True)
    return counted(traffic)


async def rotten(place: Place, flips: int = 300) -> Counter[str]:
    """D6: flip bits of a database that nobody has open."""
    traffic = place.traffic()
    async with running(place.folder, **SETTINGS) as service:
        await service.register()
        await traffic.flow(service, until=lambda: traffic.answered >= ANSWERS)
        await traffic.compare(service)
        assert await service.stop() == 0
    rotting = Flips(place.folder / DATABASE, traffic.sender.ledger)
    return counted(traffic, **rotting.run(random.Random(place.seed), flips))


async def judged(recording: Recording, seed: int) -> Counter[str]:
    """Look at all states, on all processors; return how many there are."""
    shares = os.cpu_count() or 1
    look = partial(judge, recording, seed)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(shares, get_context("spawn")) as pool:
        parts = [
            loop.run_in_executor(pool, partial(look, share=(n, shares))) for n in range(shares)
        ]
        verdicts = await asyncio.gather(*parts)
    wrong = [one for verdict in verdicts for one in verdict.wrong]
    assert not wrong, wrong
    return Counter(
        states=sum(verdict.states for verdict in verdicts),
        distinct=sum(verdict.distinct for verdict in verdicts),
    )


async def make_room(traffic: Traffic, service: Service) -> None:
    async with service.client() as user:
        for ecg_id in [*traffic.held][::2]:
            await traffic.sender.delete(user, ecg_id, traffic.held.pop(ecg_id))
