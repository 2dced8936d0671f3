"""Whether the service can store ECGs."""

from dataclasses import dataclass
from typing import Any

from ecg_service.actors import ActorPool
from ecg_service.domain.errors import Overloaded
from ecg_service.ports.ecgs import EcgRepository


@dataclass(frozen=True, slots=True)
class Health:
    """Checks what ingest depends on: its pool and the store."""

    pool: ActorPool[Any, Any]
    ecgs: EcgRepository

    async def check(self) -> None:
        """Check that an ECG could be stored now, or raise the `EcgError` that storing it would."""
        if not self.pool.statistics().running:
            raise Overloaded
        await self.ecgs.ping()
