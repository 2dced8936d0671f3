"""An opened store in memory."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ecg_service.adapters.memory.ecgs import EcgsById, MemoryEcgs
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.ports.store import StoreStatistics


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """The repositories over nothing but memory, in the shape of the other stores."""

    ecgs: MemoryEcgs
    insights: MemoryInsights
    users: MemoryUsers

    def statistics(self) -> StoreStatistics:
        """Return zeros: nothing waits in memory."""
        return StoreStatistics()

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncGenerator["MemoryStore"]:
        """Begin with nothing; the end of the block forgets everything."""
        stored: EcgsById = {}
        yield cls(MemoryEcgs(stored), MemoryInsights(stored), MemoryUsers())
