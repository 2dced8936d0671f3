"""Parts of the URL that need more than a type."""

import re
from datetime import datetime
from uuid import UUID

from ecg_service.domain.errors import EcgNotFound, InvalidQuery, LeadNotFound, Violation

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def ecg_uuid(text: str) -> UUID:
    """Read an id; what cannot be one is as unknown as any other."""
    try:
        found = UUID(text)
    except ValueError as error:
        raise EcgNotFound from error
    if str(found) != text:
        raise EcgNotFound
    return found


def lead_index(text: str) -> int:
    """Read the index of a lead; what cannot be one is as unknown as any other."""
    if not _INDEX.fullmatch(text):
        raise LeadNotFound
    return int(text)


def aware(name: str, date: datetime | None) -> datetime | None:
    """Refuse a date without its offset from UTC: whose local time would it be?"""
    if date is not None and date.tzinfo is None:
        raise InvalidQuery(
            Violation((name,), "no_utc_offset", "Expected a date with a UTC offset.")
        )
    return date
