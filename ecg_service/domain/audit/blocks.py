"""Blocks: rows of a chain that were appended together, as they are stored and hashed."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from ecg_service.domain.audit.events import SERVICE, Event
from ecg_service.domain.errors import Damaged
from ecg_service.domain.principal import Origin

BEGIN = "audit.begin"
"""The first row of each chain."""
UNREADABLE = "audit.unreadable"
"""What is shown in the place of a block that cannot be read."""
GENESIS = bytes(32)
"""What stands for the block before the first."""
MOST = 500
"""Rows in one block."""

_Row = tuple[int, str, str, str, str, str, str, str, int]
"""At, actor, issuer, action, object, outcome, request, address, count."""


class Link(Struct, frozen=True, order=True):
    """Where a block of a chain ends: the number of its last row, and its hash."""

    chain: UUID
    number: int
    hash: bytes


def beginning(chain: UUID) -> Link:
    """Return where the first block of a chain begins."""
    return Link(chain, -1, GENESIS)


class Entry(Struct, frozen=True):
    """A row of a chain, with the hash of its block."""

    chain: UUID
    number: int
    event: Event
    hash: bytes


class Block(Struct, frozen=True):
    """Rows as MessagePack, which is what is hashed; `number` is of the last one, `at` the latest time of all."""

    chain: UUID
    number: int
    at: int
    hash: bytes
    content: bytes

    @property
    def link(self) -> Link:
        return Link(self.chain, self.number, self.hash)


class Content(Struct, frozen=True, array_like=True):
    """What a block holds, as it is hashed; databases hold it, so it never changes."""

    chain: bytes
    first: int
    rows: Sequence[_Row]

    def is_of(self, block: Block) -> bool:
        """Whether the block says of it what it says itself."""
        last, at = self.first + len(self.rows) - 1, max((row[0] for row in self.rows), default=0)
        return (self.chain, last, at) == (block.chain.bytes, block.number, block.at)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Content).decode
# What was stored before there were blocks: the values of one row, after chain and number.
_decode_single = msgspec.msgpack.Decoder(
    tuple[bytes, int, int, str, str, str, str, str, str, str, int]
).decode


def hash_of(previous: bytes, content: bytes) -> bytes:
    """Return the SHA-256 of a block after another one."""
    return hashlib.sha256(previous + content).digest()


def continued(last: Link, events: Sequence[Event], names: Mapping[str, str]) -> Iterator[Block]:
    """Yield the blocks of rows that come after the last one; a new chain begins with `BEGIN`.

    Actors and objects that are `names` have in their place what these stand for.
    """
    if last.number < 0:
        events = (Event(BEGIN, actor=SERVICE), *events)
    for start in range(0, len(events), MOST):
        rows = [_row(one, names) for one in events[start : start + MOST]]
        content = _encode(Content(last.chain.bytes, last.number + 1, rows))
        number, digest = last.number + len(rows), hash_of(last.hash, content)
        block = Block(last.chain, number, max(row[0] for row in rows), digest, content)
        yield block
        last = block.link


def _row(event: Event, names: Mapping[str, str]) -> _Row:
    actor, what, origin = event.actor, event.object, event.origin
    return (
        event.at,
        names.get(actor, actor),
        origin.issuer,
        event.action,
        names.get(what, what),
        event.outcome,
        origin.request,
        origin.address,
        event.count,
    )


def content_of(block: Block) -> Content:
    """Return what the block holds; raises `Damaged`."""
    try:
        try:
            return _decode(block.content)
        except msgspec.ValidationError:
            chain, number, *row = _decode_single(block.content)
            return Content(chain, number, [tuple(row)])  # pyright: ignore[reportArgumentType]
    except msgspec.DecodeError as error:
        raise Damaged("the rows cannot be read") from error


def entries_of(block: Block) -> list[Entry]:
    """Return its rows, or one that says that they cannot be read."""
    try:
        content = content_of(block)
    except Damaged:
        return [Entry(block.chain, block.number, Event(UNREADABLE, at=block.at), block.hash)]
    return [
        Entry(block.chain, number, _event(row), block.hash)
        for number, row in enumerate(content.rows, content.first)
    ]


def _event(row: _Row) -> Event:
    at, actor, issuer, action, what, outcome, request, address, count = row
    return Event(action, what, outcome, actor, Origin(issuer, request, address), count, at)
