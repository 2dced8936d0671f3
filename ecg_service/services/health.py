"""Whether the service can do its work."""

from dataclasses import dataclass
from typing import Any

from ecg_service.actors import ActorPool
from ecg_service.domain.errors import Overloaded
from ecg_service.ports.ecgs import EcgRepository


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at what taking an ECG in depends on."""

    pool: ActorPool[Any, Any]
    ecgs: EcgRepository

    async def check(self) -> None:
        """Raise the `EcgError` that a submission would meet."""
        if not self.pool.statistics().running:
            raise Overloaded
        await self.ecgs.ping()
