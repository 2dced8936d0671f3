"""The answers to what never reaches the application, as RFC 9457 problems."""

from dataclasses import dataclass

import msgspec
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from ecg_service.api.edge.problems import MEDIA_TYPE, TYPE_PREFIX

Header = tuple[bytes, bytes]

_HEADERS: tuple[Header, ...] = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
)
_LATER: Header = (b"retry-after", b"1")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An ASGI application that answers every request with one problem and closes."""

    status: int
    title: str
    detail: str
    slug: str | None = None
    later: bool = False

    async def __call__(
        self, _scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer; the request's body is not read."""
        body = self._document()
        headers = [*_HEADERS, (b"content-length", b"%d" % len(body)), *([_LATER] * self.later)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _document(self) -> bytes:
        slug = self.slug or self.title.lower().replace(" ", "-")
        return msgspec.json.encode(
            {
                "type": TYPE_PREFIX + slug,
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
            }
        )


class Refused(Exception):
    """Raised while a request is parsed; the connection answers with the refusal and closes."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def _bad(detail: str) -> Refusal:
    return Refusal(400, "Bad Request", detail)


def _busy(detail: str) -> Refusal:
    return Refusal(503, "Too much to do, try again", detail, slug="overloaded", later=True)


MALFORMED = _bad("This is not HTTP/1.1 as RFC 9112 writes it.")
HOST = _bad("A request names its host in one Host field.")
REPEATED = _bad("A field that may stand once is repeated.")
CODED_1_0 = _bad("HTTP/1.0 knows no Transfer-Encoding.")
CODED = Refusal(501, "Not Implemented", "The one Transfer-Encoding known here is chunked.")
CONNECT = Refusal(501, "Not Implemented", "This is no proxy.")
VERSION = Refusal(505, "HTTP Version Not Supported", "Speak HTTP/1.1.")
LONG_URL = Refusal(414, "URI Too Long", "The URL is too long.")
LARGE_FIELDS = Refusal(
    431, "Request Header Fields Too Large", "The fields are too many or too large."
)
SLOW = Refusal(408, "Request Timeout", "The request did not arrive in time.")
FULL = _busy("All connections are taken.")
PIPELINED = _busy("Too many requests wait on this connection.")
UNSENT = _busy("Too many answers wait to be read.")
STOPPING = Refusal(
    503, "Stopping", "The service stopped before all of the request was there.", later=True
)
FAULT = Refusal(500, "The service has a fault", "Its log says more.", slug="internal-error")
