"""Torture the service: `just torture SECONDS [--only D3 …] [--seed N]`.

Each fault has its share of the time, and at least one round. A round that fails says the command
that runs it again; its folder, with the ledger, the database and the log, stays.
"""

import argparse
import asyncio
import logging
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import NamedTuple

import pytest

from tests.servers.servers import Servers
from tests.torture import rounds, survival, variants
from tests.torture.disk import Disk
from tests.torture.outages import backups, clock, postgres, processes, rabbitmq, redis, together
from tests.torture.place import Place

logger = logging.getLogger(__name__)

Round = Callable[[Place], Awaitable[Counter[str]]]


class Fault(NamedTuple):
    """Its share of the time, and the rounds that are run in turn."""

    share: int
    rounds: tuple[Round, ...]


FAULTS = {
    "D1": Fault(3, (partial(rounds.ends, signals=[SIGKILL]),)),
    "D2": Fault(4, (rounds.deaths,)),
    "D3": Fault(6, (rounds.mutants, *[rounds.power] * 9)),
    "D4": Fault(3, (rounds.full, *[rounds.errors] * 4)),
    "D5": Fault(1, (survival.slow,)),
    "D6": Fault(1, (rounds.rotten,)),
    "D7": Fault(3, (postgres.round_of,)),
    "D8": Fault(2, (redis.round_of,)),
    "D9": Fault(3, (rabbitmq.round_of,)),
    "D10": Fault(3, (partial(rabbitmq.round_of, among=rabbitmq.WORKER),)),
    "D11": Fault(
        2,
        (
            partial(survival.failing, changes=[variants.CRASH]),
            partial(survival.failing, changes=[variants.CRASH_AFTERWARDS]),
            partial(survival.failing, changes=[variants.HANG]),
        ),
    ),
    "D12": Fault(1, (partial(survival.failing, changes=[variants.PANIC]),)),
    "D13": Fault(2, (processes.round_of,)),
    "D14": Fault(2, (partial(rounds.ends, signals=[SIGTERM]),)),
    "D15": Fault(1, (clock.round_of,)),
    "D16": Fault(
        2,
        (
            partial(backups.round_of, database=backups.file),
            partial(backups.round_of, database=backups.served),
        ),
    ),
    "D17": Fault(3, (together.round_of,)),
}


async def torture(
    folder: Path, names: list[str], seed: int, seconds: float, servers: Servers
) -> None:
    whole = sum(FAULTS[name].share for name in names)
    place = Place(folder, seed, Disk.built(folder), servers)
    for name in names:
        try:
            found = await repeat(name, place, seconds * FAULTS[name].share / whole)
        except pytest.skip.Exception as reason:
            logger.info("%-4s left out: %s", name, reason)
        else:
            figures = ", ".join(f"{count:,} {what}" for what, count in found.items() if count)
            logger.info("%-4s %s", name, figures)


async def repeat(name: str, first: Place, seconds: float) -> Counter[str]:
    """Run rounds for a time; the seed of each is the one after that of the last."""
    end, found, several = time.monotonic() + seconds, Counter[str](), FAULTS[name].rounds
    seed = first.seed
    while not found or time.monotonic() < end:
        place = first._replace(folder=first.folder / f"{name}-{seed}", seed=seed)
        place.folder.mkdir()
        try:
            found += await several[seed % len(several)](place) + Counter(rounds=1)
        except Exception:
            logger.exception("again: just torture 0 --only %s --seed %d", name, seed)
            raise
        shutil.rmtree(place.folder)
        seed += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=[*FAULTS], metavar="FAULT")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    folder = Path(tempfile.mkdtemp(prefix="ecg-torture-"))
    logger.info("seed %d, in %s", options.seed, folder)
    with Servers() as servers:
        asyncio.run(torture(folder, options.only, options.seed, options.seconds, servers))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
