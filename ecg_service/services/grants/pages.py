"""Pages of grants of one kind."""

from uuid import UUID

from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.ports.grants import GrantRepository

Page = tuple[list[Grant | UnreadableGrant], UUID | None]


async def page_of(
    grants: GrantRepository, owner: str, kind: Kind, *, limit: int, after: UUID | None
) -> Page:
    """Return grants in the order in which they were made, and the last id if more follow."""
    found = await grants.page(owner, kind, limit=limit + 1, after=after)
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None
