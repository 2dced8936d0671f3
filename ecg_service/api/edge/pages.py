"""Page tokens, and links to the next page."""

import base64
import binascii
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from ecg_service.api.edge.parameters import parse_id
from ecg_service.domain.ecg import Cursor
from ecg_service.domain.errors import InvalidQuery, Violation
from ecg_service.domain.time import from_microseconds, to_microseconds

_SIZE = 24


def token_of(cursor: Cursor) -> str:
    """Encode a cursor: microseconds since 1970 and the id, in base64url."""
    raw = to_microseconds(cursor.date).to_bytes(8, "big", signed=True) + cursor.id.bytes
    return base64.urlsafe_b64encode(raw).decode()


def cursor_of(token: str) -> Cursor:
    """Decode a token, or raise `InvalidQuery`."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        if len(raw) != _SIZE:
            raise bad_token()
        date = from_microseconds(int.from_bytes(raw[:8], "big", signed=True))
        return Cursor(date, UUID(bytes=raw[8:]))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise bad_token() from error


def id_of(token: str | None) -> UUID | None:
    """Return the id that the page before ended with, None of the first page, or raise `InvalidQuery`."""
    found = None if token is None else parse_id(token)
    if found is None and token is not None:
        raise bad_token()
    return found


def bad_token() -> InvalidQuery:
    """Return the error for a token that the service did not issue."""
    return InvalidQuery(
        Violation(("page_token",), "invalid", "This is not a token of an earlier page.")
    )


def next_link(request: Request[Any, Any, Any], token: str | None) -> dict[str, str]:
    """Return the `Link` header (RFC 8288) to the next page, if there is one."""
    if token is None:
        return {}
    query = urlencode({**dict(request.query_params.items()), "page_token": token})
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}
