"""Where a round takes place, and how it ends."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.e2e.service import running
from tests.servers.servers import Servers
from tests.torture.disk import Disk
from tests.torture.kills import SETTINGS
from tests.torture.recordings import SHORT
from tests.torture.sender import Sender, unfinished
from tests.torture.traffic import Traffic
from tests.torture.variants import Change, variant


class Place(NamedTuple):
    """A folder, the seed of what is drawn, what stands before the disk, and other servers."""

    folder: Path
    seed: int
    disk: Disk
    servers: Servers

    def traffic(self) -> Traffic:
        return Traffic(Sender.on(self.folder / "ledger.jsonl"), self.seed, SHORT)

    def variant(self, *changes: Change) -> dict[str, str]:
        return variant(self.folder / "variant", *changes)


async def settled(place: Place, traffic: Traffic) -> None:
    """Start the service as it is, compare all that it holds, and let it finish its insights."""
    async with running(place.folder, **SETTINGS) as service:
        await traffic.compare(service, again=True)
        async with service.client() as user:
            wrong = await unfinished(user)
            assert not wrong, wrong
        assert await service.stop() == 0


def counted(traffic: Traffic, **figures: int) -> Counter[str]:
    ledger = traffic.sender.ledger
    answers = {f"answers {status}": n for status, n in Counter(ledger.statuses).items()}
    return Counter(acknowledged=ledger.acknowledged, **figures, **answers)
