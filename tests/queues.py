"""A queue of insights that tests can inspect."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from ecg_service.ports.insights import InsightQueue, QueueStatistics


@dataclass
class ListQueue(InsightQueue):
    """Keeps the ids that it is given; sets `heard` once there is one."""

    told: list[UUID] = field(default_factory=list[UUID])
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        self.told += ecg_ids
        if self.told:
            self.heard.set()

    def statistics(self) -> QueueStatistics:
        return QueueStatistics(len(self.told), len(self.told))
