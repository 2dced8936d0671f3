"""The repository of the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.audit.blocks import Block, Link
from ecg_service.domain.audit.events import Event


class Part(Struct, frozen=True):
    """Some blocks of a chain, and the end of what was forgotten of it, of one snapshot."""

    cut: Link | None
    blocks: Sequence[Block]


class AuditRepository(Protocol):
    """Blocks of rows in chains, one for each process that writes. Raises `StorageUnavailable` when the store fails.

    The other repositories of an audited store append to it in the transactions of their own.
    """

    async def append(self, events: Sequence[Event]) -> None:
        """Append a block to the chain of this process; nothing, if the store is not audited."""
        ...

    async def heads(self) -> list[Link]:
        """Return the end of each chain, also of one that is forgotten wholly, in order of id."""
        ...

    async def cuts(self) -> list[Link]:
        """Return the end of what was forgotten of each chain, if anything was."""
        ...

    async def page(self, chain: UUID, *, after: int, limit: int) -> Part:
        """Return at most `limit` blocks of a chain whose last rows have greater numbers."""
        ...

    async def names(self) -> Mapping[str, str]:
        """Return the names of users by the ids that stand for them in rows."""
        ...

    async def forget(self, before: int) -> int:
        """Forget each chain's rows before the first block with one at this time or later; return how many.

        In the same transaction a row of the action `CUT` says where all chains begin now.
        """
        ...
