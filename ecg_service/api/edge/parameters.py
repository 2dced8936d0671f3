"""Parameters of the path that need more than a type."""

import re
from collections.abc import Callable
from uuid import UUID

from ecg_service.domain.errors import EcgError, EcgNotFound, LeadNotFound

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def parse_id(text: str, error: Callable[[], EcgError]) -> UUID:
    """Parse an id, which has one spelling, or raise the error."""
    try:
        found = UUID(text)
    except ValueError as malformed:
        raise error() from malformed
    if str(found) != text:
        raise error()
    return found


def parse_ecg_id(text: str) -> UUID:
    """Parse an id; a malformed one is unknown."""
    return parse_id(text, EcgNotFound)


def parse_lead_index(text: str) -> int:
    """Parse the index of a lead; a malformed one is unknown."""
    if not _INDEX.fullmatch(text):
        raise LeadNotFound
    return int(text)
