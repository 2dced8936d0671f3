"""The audit trail in memory."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.adapters.rows.audit import of_cut, to_entry, to_rows
from ecg_service.domain.audit.chains import Entry, Link
from ecg_service.domain.audit.events import Event
from ecg_service.ports.audit import AuditRepository, Part


class MemoryAudit(AuditRepository):
    """The one chain of a `MemoryStore`."""

    def __init__(self, users: MemoryUsers, *, on: bool) -> None:
        self._users = users
        self._on = on
        self._chain = uuid4()
        self._entries: list[Entry] = []
        self._cut: Link | None = None

    async def append(self, events: Sequence[Event]) -> None:
        self.note(*events)

    def note(self, *events: Event) -> None:
        """Append rows."""
        if not self._on or not events:
            return
        last = self._entries[-1].link if self._entries else self._cut
        known = (last.number, last.hash) if last else None
        rows = to_rows(self._chain.bytes, known, events, self._users.audit_id)
        self._entries += map(to_entry, rows)

    async def heads(self) -> list[Link]:
        return [self._entries[-1].link] if self._entries else await self.cuts()

    async def cuts(self) -> list[Link]:
        return [self._cut] if self._cut else []

    async def page(self, chain: UUID, *, after: int, limit: int) -> Part:
        if chain != self._chain:
            return Part(None, ())
        return Part(self._cut, [one for one in self._entries if one.number > after][:limit])

    async def names(self) -> Mapping[str, str]:
        return {found: name for name, found in self._users.audit_ids.items()}

    async def forget(self, before: int) -> int:
        ages = [number for number, one in enumerate(self._entries) if one.event.at >= before]
        count = min(ages, default=len(self._entries))
        if count:
            self._cut = self._entries[count - 1].link
            del self._entries[:count]
            self.note(of_cut(await self.cuts(), count))
        return count
