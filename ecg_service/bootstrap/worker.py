"""One of several processes that serve together: what it has of the settings, and of the duties."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ecg_service.bootstrap.admin import ensure_admin
from ecg_service.bootstrap.metrics.shared import Slots
from ecg_service.bootstrap.stores import open_store, open_users
from ecg_service.ports.store import SharedDatabase
from ecg_service.services.in_flight import MEMORY_PER_BYTE
from ecg_service.settings import Settings, divided


@dataclass(frozen=True, slots=True)
class Worker:
    """The process at one of the places, counted from 0, of those that have the database open."""

    place: int
    database: SharedDatabase
    is_draining: Callable[[], bool] = lambda: False
    """Whether all of them are about to stop, not this one alone."""
    slots: Slots | None = None
    """Where they add up their metrics."""

    @property
    def sweeps(self) -> bool:
        """Whether it does what one process has to do for all."""
        return self.place == 0


def settings_of_each(settings: Settings, workers: int) -> Settings:
    """Return the settings of one of the workers, which has room for any body that is allowed."""
    each, edge = divided(settings, workers), settings.edge
    needed = min(MEMORY_PER_BYTE * edge.max_body_bytes, edge.max_bytes_in_flight)
    room = max(each.edge.max_bytes_in_flight, needed)
    return replace(each, edge=replace(each.edge, max_bytes_in_flight=room))


def seconds_to_stop(settings: Settings) -> float:
    """Return how long a process may take to end what it has begun: requests, then each pool."""
    return 5 * settings.server.drain_seconds + settings.connections.linger_seconds + 5


async def prepare(settings: Settings) -> None:
    """Do what one process has to do before there are workers: migrate, clean up, make the admin."""
    async with open_store(settings) as store:
        await store.insights.release()
    async with open_users(settings) as users:
        await ensure_admin(users, settings)
