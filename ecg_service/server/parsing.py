"""Makes requests of bytes, with uvicorn's parser, and bounds what the parser keeps.

While data is fed to it the parser calls the methods `on_...`. What it cannot parse, or what one of
them refuses by raising `Refused`, is answered in its turn, and nothing more is read.
"""

import logging
from abc import abstractmethod
from asyncio import AbstractEventLoop
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from ecg_service.server import heads
from ecg_service.server.hosts import Hosts
from ecg_service.server.refusals import CONNECT, MALFORMED, MISDIRECTED, Refusal, Refused
from ecg_service.settings import ConnectionSettings

logger = logging.getLogger(__name__)

_END_OF_HEAD = b"\r\n\r\n"


class ParsingProtocol(HttpToolsProtocol):
    """uvicorn's protocol, up to the point where a request is there."""

    def __init__(
        self,
        limits: ConnectionSettings,
        hosts: Hosts | None,
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits, self._hosts = limits, hosts
        self.url = b""
        self.in_head = self.in_body = False
        self.is_deaf = False
        self.length = 0  # of the latest body, if it is announced
        self._quiet = 0  # bytes since the parser told something: part of a head, or of trailers
        self.heard = False
        self._arrived = 0

    @abstractmethod
    def refuse(self, refusal: Refusal) -> None:
        """Answer what arrives now with this, in its turn, and read nothing more."""

    @abstractmethod
    def begin_request(self, *, keep_alive: bool) -> None:
        """Take the request whose head is complete, or raise `Refused`."""

    @abstractmethod
    def end_request(self) -> None:
        """Take note that the last request is whole."""

    def data_received(self, data: bytes) -> None:
        """Feed a head no more bytes than it may have: the parser keeps those of a field."""
        room = self.limits.max_head_bytes - self._quiet
        if len(data) <= room or self.in_body or data.find(_END_OF_HEAD, 0, room) >= 0:
            self._take(data)
        else:
            self._take(data[:room])
            self._take(data[room:])

    def _take(self, data: bytes) -> None:
        if self.is_deaf:
            return
        self.heard, self._arrived = False, self._quiet + len(data)
        try:
            while data:
                data = self._feed(data)
        except httptools.HttpParserError as error:
            self.refuse(_refusal_of(error))
            return
        self._quiet = 0 if self.heard else self._arrived
        if self._quiet >= self.limits.max_head_bytes:
            self.refuse(heads.too_large(self.url, self._quiet))

    def _feed(self, data: bytes) -> bytes:
        """Parse, and return what is left behind a head that asks for an upgrade.

        An upgrade is ignored (RFC 9110 §7.8). The parser takes what follows for another protocol,
        so a fresh one is given the same head without the upgrade, before the rest.
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            end: int = upgrade.args[0]
        else:
            return b""
        head = self._head_without_upgrade()
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(head)
        return data[end:]

    def _head_without_upgrade(self) -> bytes:
        version = self.parser.get_http_version().encode()
        fields = [b"%b: %b" % field for field in self.headers if field[0] != b"upgrade"]
        first = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)
        return b"\r\n".join([first, *fields, b"", b""])

    def on_message_begin(self) -> None:
        """Begin a head."""
        self.in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of the head; those of trailers are dropped (RFC 9110 §6.5.1)."""
        if self.in_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Check the head and take the request."""
        parser = self.parser
        if parser.should_upgrade():
            self._check_upgrade()
            return
        version = parser.get_http_version()
        self._check_size()
        fields = heads.check(version, self.headers)
        self.length = int(fields.get(b"content-length", b"0"))
        self.expect_100_continue = fields.get(b"expect", b"").lower() == b"100-continue"
        self._complete_scope(version)
        if self._hosts is not None:
            self._check_host(fields.get(b"host", b""))
        self.begin_request(keep_alive=version != "1.0" and parser.should_keep_alive())
        self.in_head, self.in_body, self.heard = False, True, True

    def _check_upgrade(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            raise Refused(CONNECT)

    def _check_size(self) -> None:
        limits = self.limits
        large = self._arrived > limits.max_head_bytes and (
            heads.size_of(self.url, self.headers) > limits.max_head_bytes
        )
        if large or len(self.headers) > limits.max_head_fields:
            raise Refused(heads.too_large(self.url, limits.max_head_bytes))

    def _check_host(self, field: bytes) -> None:
        """Refuse a request for another host; that of an absolute URL stands above the field (RFC 9112 §3.2.2)."""
        host = httptools.parse_url(self.url).host or field
        if self._hosts is not None and not self._hosts.admits(host, self.scope["path"]):
            raise Refused(MISDIRECTED)

    def _complete_scope(self, version: str) -> None:
        parsed = httptools.parse_url(self.url)
        raw_path = parsed.path or b"/"
        path = raw_path.decode("ascii")
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = raw_path
        scope["query_string"] = parsed.query or b""

    def on_message_complete(self) -> None:
        """End a request, unless it was cut short by an upgrade and is parsed once more."""
        if not self.in_head:
            self.in_body, self.heard = False, True
            self.end_request()


def _refusal_of(error: httptools.HttpParserError) -> Refusal:
    """Return the refusal of what cannot be parsed; the parser keeps what a callback raised."""
    match error.__context__:
        case Refused(refusal=refusal):
            return refusal
        case None | httptools.HttpParserError() | ValueError():
            return MALFORMED
        case fault:
            logger.error("unexpected error while parsing", exc_info=fault)
            return MALFORMED
