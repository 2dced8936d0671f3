"""Parameters of the path that need more than a type."""

import re
from uuid import UUID

from ecg_service.domain.errors import EcgNotFound, LeadNotFound

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def parse_ecg_id(text: str) -> UUID:
    """Parse an id; a malformed one is unknown."""
    try:
        found = UUID(text)
    except ValueError as error:
        raise EcgNotFound from error
    if str(found) != text:
        raise EcgNotFound
    return found


def parse_lead_index(text: str) -> int:
    """Parse the index of a lead; a malformed one is unknown."""
    if not _INDEX.fullmatch(text):
        raise LeadNotFound
    return int(text)
