"""Torture the service for a while: `python -m tests.torture SECONDS [--seed N]`.

What was sent depends on the seed alone, the moments of the kills also on the machine. A failure
is a traceback; the folder with the ledger, the database and the log stays.
"""

import argparse
import asyncio
import logging
import secrets
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.service import running
from tests.torture.kills import SETTINGS, Kills
from tests.torture.sender import unfinished

logger = logging.getLogger(__name__)


async def torture(folder: Path, seed: int, seconds: float) -> None:
    end, kills = time.monotonic() + seconds, Kills(folder, seed)
    await kills.run(lambda: time.monotonic() < end)
    async with running(folder, **SETTINGS) as service:
        await kills.traffic.compare(service, again=True)
        async with service.client() as user:
            wrong = await unfinished(user)
            assert not wrong, wrong
    answers = Counter(kills.traffic.sender.ledger.statuses)
    logger.info("nothing was lost, altered, doubled or made up; answers: %s", answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    folder = Path(tempfile.mkdtemp(prefix="ecg-torture-"))
    logger.info("seed %d, in %s", options.seed, folder)
    asyncio.run(torture(folder, options.seed, options.seconds))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
