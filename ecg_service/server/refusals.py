"""The answers to what never reaches the application, as RFC 9457 problems."""

from dataclasses import dataclass

import msgspec
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from ecg_service.api.edge.answers.responses import ALWAYS, encoded
from ecg_service.api.edge.problems import MEDIA_TYPE
from ecg_service.api.problems import kinds
from ecg_service.api.problems.kinds import Kind

Header = tuple[bytes, bytes]

_HEADERS: tuple[Header, ...] = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"connection", b"close"),
    *ALWAYS,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An ASGI application that answers every request with one problem and closes."""

    kind: Kind
    detail: str

    async def __call__(
        self, _scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer; the request's body is not read."""
        body = msgspec.json.encode(self.kind.problem(self.detail))
        fields = {**dict(self.kind.headers), "Content-Length": str(len(body))}
        headers = [*_HEADERS, *encoded(fields)]
        await send({"type": "http.response.start", "status": self.kind.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class Refused(Exception):
    """Raised while a request is parsed; the connection answers with the refusal and closes."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


MALFORMED = Refusal(kinds.BAD_REQUEST, "This is not HTTP/1.1 as RFC 9112 writes it.")
HOST = Refusal(kinds.BAD_REQUEST, "A request names its host in one Host field.")
REPEATED = Refusal(kinds.BAD_REQUEST, "A field that may stand once is repeated.")
CODED_1_0 = Refusal(kinds.BAD_REQUEST, "HTTP/1.0 knows no Transfer-Encoding.")
CODED = Refusal(kinds.NOT_IMPLEMENTED, "The one Transfer-Encoding known here is chunked.")
CONNECT = Refusal(kinds.NOT_IMPLEMENTED, "This is no proxy.")
MISDIRECTED = Refusal(kinds.MISDIRECTED, "The service does not go by this name.")
VERSION = Refusal(kinds.VERSION, "Speak HTTP/1.1.")
LONG_URL = Refusal(kinds.LONG_URL, "The URL is too long.")
LARGE_FIELDS = Refusal(kinds.LARGE_FIELDS, "The fields are too many or too large.")
SLOW = Refusal(kinds.TIMEOUT, "The request did not arrive in time.")
FULL = Refusal(kinds.OVERLOADED, "All connections are taken.")
PIPELINED = Refusal(kinds.OVERLOADED, "Too many requests wait on this connection.")
UNSENT = Refusal(kinds.OVERLOADED, "Too many answers wait to be read.")
STOPPING = Refusal(kinds.STOPPING, "The service stopped before all of the request was there.")
FAULT = Refusal(kinds.FAULT, "Its log says more.")
