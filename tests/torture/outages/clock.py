"""D15: the clock of the service leaps, for hours and days, forth and back."""

import asyncio
import random
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.service import running
from tests.torture.disk import command
from tests.torture.kills import SETTINGS
from tests.torture.outages.struck import PATIENT, Struck
from tests.torture.place import Place

STRIKES = 12
HOUR, DAY = 3600, 86_400
LEAPS = (0, 1, -1, HOUR, -HOUR, DAY, -DAY)


def faketime(clock: Path) -> dict[str, str]:
    """Return the environment of a process whose clock is off by the seconds in this file."""
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1")]
    if not found:
        pytest.skip("needs libfaketime (in Debian: libfaketime), to let the clock leap")
    never_back = dict.fromkeys(("FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC"), "1")
    env = {"LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(clock)}
    return env | never_back | {"FAKETIME_NO_CACHE": "1"}


async def round_of(place: Place, leaps: int = STRIKES) -> Counter[str]:
    """D15: let the clock leap; nobody notices."""
    chance, clock = random.Random(place.seed), place.folder / "clock"
    clock.write_text("+0")
    settings = {**SETTINGS, **PATIENT}
    async with running(place.folder, command(faketime(clock)), **settings) as service:
        await service.register()

        async def leap(seconds: int) -> None:
            clock.write_text(f"{seconds:+}")
            await asyncio.sleep(0.3)

        drawn = [*chance.choices(LEAPS, k=leaps), 0]
        struck = Struck.at(place, service)
        return await struck.by([partial(leap, one) for one in drawn], without_errors=True)
