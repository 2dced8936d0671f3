"""A queue of insights over an actor pool of this process."""

from collections.abc import Iterable
from uuid import UUID

from ecg_service.actors import ActorPool, ActorStopped, MailboxFull
from ecg_service.ports.insights import InsightQueue, QueueStatistics


class ActorInsightQueue(InsightQueue):
    """Tells the pool; ECGs that do not fit the mailbox are left to the sweeper."""

    def __init__(self, pool: ActorPool[UUID, None]) -> None:
        self._pool = pool
        self._dropped = 0

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        left = iter(ecg_ids)
        try:
            for ecg_id in left:
                self._pool.tell(ecg_id)
        except (MailboxFull, ActorStopped):
            self._dropped += 1 + sum(1 for _ in left)

    def statistics(self) -> QueueStatistics:
        pool = self._pool.statistics()
        return QueueStatistics(pool.waiting, pool.capacity, self._dropped)
