"""Answers that are there as a whole: written in one piece."""

from collections.abc import Sequence

from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from ecg_service.server.refusals import Header

JOINED = 16_384
"""Bytes of a body up to which it is copied behind its head: less than a second write costs."""

LENGTH = b"content-length"
_SPECIAL = {b"connection", b"transfer-encoding"}


def length_of(head: HTTPResponseStartEvent) -> int | None:
    """Return how long the body is going to be, if the application says it."""
    length = dict(head.get("headers", ())).get(LENGTH)
    return None if length is None else int(length)


def whole(
    defaults: Sequence[Header], head: HTTPResponseStartEvent, message: ASGISendEvent
) -> list[bytes] | None:
    """Return the bytes of an answer whose body is all in this message.

    None if it is not, or if more is to be said or done than the fields of the head tell. A line
    break in one of them would begin another field: such an answer is for uvicorn to refuse.
    """
    if message["type"] != "http.response.body" or message.get("more_body"):
        return None
    body, fields = message.get("body", b""), [*defaults, *head.get("headers", ())]
    lines, named = [b"%b: %b\r\n" % field for field in fields], dict(fields)
    text = b"%b%b\r\n" % (STATUS_LINE[head["status"]], b"".join(lines))
    is_safe = text.count(b"\n") == text.count(b"\r") == len(lines) + 2
    if not is_safe or named.get(LENGTH) != b"%d" % len(body) or _SPECIAL & named.keys():
        return None
    return [text + body] if len(body) <= JOINED else [text, body]
