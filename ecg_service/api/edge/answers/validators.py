"""Entity tags of what never changes, and requests that are made if it has (RFC 9110 §13)."""

import hashlib
import re
from typing import Any

from litestar import Request
from litestar.types import Send

import ecg_service
from ecg_service.api.edge.answers.negotiated import VARYING
from ecg_service.api.edge.answers.preferences import coding_for, format_of
from ecg_service.api.edge.answers.responses import Header, send_whole

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def tag_of(request: Request[Any, Any, Any]) -> str:
    """Return the strong tag of the answer to this request, before it is compressed.

    An ECG never changes, so its address, the query and the format tell the bytes of the answer;
    but another version of the service may write, or count, otherwise.
    """
    scope = request.scope  # `request.url` takes as long as all of this
    parts = (ecg_service.__version__, format_of(request).media_type, scope["path"])
    named = "\0".join(parts).encode() + b"\0" + scope["query_string"]
    return f'"{hashlib.sha256(named).hexdigest()[:32]}"'


def tag_compressed(tag: bytes, coding: bytes) -> bytes:
    """Return the tag of the same answer in a coding: its bytes are other ones."""
    return tag[:-1] + b"-" + coding + b'"'


def known_tag(request: Request[Any, Any, Any], tag: str) -> str | None:
    """Return the tag of the answer if the client has it already, by `If-None-Match`."""
    headers = request.scope["headers"]
    values = [value for name, value in headers if name == b"if-none-match"]
    if not values:
        return None
    given = b",".join(values).strip()
    ours, coding = [tag.encode()], coding_for(headers)
    if coding:
        ours.append(tag_compressed(ours[0], coding))
    found = ours if given == b"*" else [one for one in _TAG.findall(given) if one in ours]
    return found[0].decode() if found else None


def validated(tag: str) -> list[Header]:
    """Return the headers of an answer that its client may keep, and must ask for again."""
    return [(b"etag", tag.encode()), (b"cache-control", b"private, no-cache"), VARYING]


async def send_not_modified(tag: str, send: Send) -> None:
    """Answer 304: the client has what it asks for."""
    await send_whole(304, validated(tag), b"", send)
