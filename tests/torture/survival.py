"""D5, D11, D12: a disk or actors that fail; the service goes on, or ends itself in order."""

import random
from collections import Counter
from collections.abc import Sequence

from tests.e2e.service import running
from tests.torture.disk import Fault, command
from tests.torture.kills import SETTINGS
from tests.torture.place import Place, counted, settled
from tests.torture.power import DATABASE
from tests.torture.variants import Change

ANSWERS = 120
CRASHED = 70


async def slow(place: Place) -> Counter[str]:
    """D5, D11: a disk whose syncs take 200 ms, and one of which hangs for seconds."""
    chance = random.Random(place.seed)
    first = chance.randint(20, 60)
    faults = (
        Fault("sync", first, "sleep200", first + 30),
        Fault("sync", first + 40, f"sleep{chance.choice((1500, 4000))}"),
    )
    return await survived(place, place.disk.env(place.folder / DATABASE, *faults))


async def failing(place: Place, changes: Sequence[Change]) -> Counter[str]:
    """D11, D12: actors that crash, hang or panic, until the service ends itself or not."""
    return await survived(place, place.variant(*changes))


async def survived(place: Place, env: dict[str, str]) -> Counter[str]:
    traffic = place.traffic()
    async with running(place.folder, command(env), **SETTINGS, max_write_seconds=1) as service:
        await service.register()
        await traffic.flow(service, until=lambda: traffic.answered >= ANSWERS)
        ended = service.process.returncode
        assert ended in {None, CRASHED}, ended
    await settled(place, traffic)
    return counted(traffic, crashes=ended == CRASHED)
