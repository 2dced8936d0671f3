"""The audit trail in memory."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.adapters.rows.audit import hidden, names_in, of_cuts
from ecg_service.domain.audit.blocks import Block, Link, beginning, continued
from ecg_service.domain.audit.chains import ends
from ecg_service.domain.audit.events import Event
from ecg_service.ports.audit import AuditRepository, Part


class MemoryAudit(AuditRepository):
    """The one chain of a `MemoryStore`."""

    def __init__(self, users: MemoryUsers, *, on: bool) -> None:
        self._users = users
        self._on = on
        self._beginning = beginning(uuid4())
        self._blocks: list[Block] = []
        self._cut: Link | None = None

    async def append(self, events: Sequence[Event]) -> None:
        self.note(*events)

    def note(self, *events: Event) -> None:
        """Append rows."""
        if not self._on or not events:
            return
        names = hidden(names_in(events), self._users.audit_id)
        [end] = self._ends() or [self._beginning]
        self._blocks += continued(end, events, names)

    def _ends(self) -> list[Link]:
        return ends(self._cuts(), [one.link for one in self._blocks[-1:]])

    def _cuts(self) -> list[Link]:
        return [self._cut] if self._cut else []

    async def heads(self) -> list[Link]:
        return self._ends()

    async def cuts(self) -> list[Link]:
        return self._cuts()

    async def page(self, chain: UUID, *, after: int, limit: int) -> Part:
        if chain != self._beginning.chain:
            return Part(None, ())
        return Part(self._cut, [one for one in self._blocks if one.number > after][:limit])

    async def names(self) -> Mapping[str, str]:
        return {found: name for name, found in self._users.audit_ids.items()}

    async def forget(self, before: int) -> int:
        kept = [place for place, one in enumerate(self._blocks) if one.at >= before]
        count, former = min(kept, default=len(self._blocks)), self._cuts()
        if count:
            self._cut = self._blocks[count - 1].link
            del self._blocks[:count]
        events = of_cuts(former, self._cuts())
        self.note(*events)
        return sum(one.count for one in events)
