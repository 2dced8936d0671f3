"""Chains: each row has a hash of itself and of the row before, so that a change is found."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from ecg_service.domain.audit.events import SERVICE, Event
from ecg_service.domain.principal import Origin

BEGIN = "audit.begin"
"""The first row of each chain."""
CUT = "audit.cut"
"""What a retention says of the rows that it forgot."""
GENESIS = bytes(32)
"""What stands for the row before the first."""

_encode = msgspec.msgpack.Encoder().encode

Values = tuple[bytes, int, int, str, str, str, str, str, str, str, int]
"""Of a row: chain, number, at, actor, issuer, action, object, outcome, request, address, count."""


class Link(Struct, frozen=True, order=True):
    """A place in a chain, and the hash of its row."""

    chain: UUID
    number: int
    hash: bytes


class Entry(Struct, frozen=True):
    """A row of a chain."""

    chain: UUID
    number: int
    event: Event
    hash: bytes

    @property
    def link(self) -> Link:
        return Link(self.chain, self.number, self.hash)


def values_of(
    chain: bytes, number: int, event: Event, hidden: Callable[[str], str] = str
) -> Values:
    """Return the values of a row without its hash, with what stands for actor and object."""
    origin = event.origin
    return (
        chain,
        number,
        event.at,
        hidden(event.actor),
        origin.issuer,
        event.action,
        hidden(event.object),
        event.outcome,
        origin.request,
        origin.address,
        event.count,
    )


def entry_of(values: Sequence[object], digest: bytes) -> Entry:
    """Return the row of these values, in the order of `Values`."""
    chain, number, at, actor, issuer, action, what, outcome, request, address, count = values
    origin = Origin(issuer, request, address)  # pyright: ignore[reportArgumentType]
    event = Event(action, what, outcome, actor, origin, count, at)  # pyright: ignore[reportArgumentType]
    return Entry(UUID(bytes=chain), number, event, digest)  # pyright: ignore[reportArgumentType]


def hash_of(previous: bytes, values: Values) -> bytes:
    """Return the SHA-256 of a row after another one; databases hold it, so it never changes."""
    return hashlib.sha256(previous + _encode(values)).digest()


def continued(
    chain: bytes,
    last: tuple[int, bytes] | None,
    events: Iterable[Event],
    hidden: Callable[[str], str],
) -> Iterator[tuple[Values, bytes]]:
    """Yield the values and hash of each row that comes after the last; a new chain begins with `BEGIN`."""
    number, digest = (-1, GENESIS) if last is None else last
    first = [Event(BEGIN, actor=SERVICE)] if last is None else []
    for one in (*first, *events):
        number += 1
        values = values_of(chain, number, one, hidden)
        digest = hash_of(digest, values)
        yield values, digest


def digest_of(cuts: Iterable[Link]) -> str:
    """Return what a row of the action `CUT` says of all cuts."""
    listed = [(cut.chain.bytes, cut.number, cut.hash) for cut in sorted(cuts)]
    return hashlib.sha256(_encode(listed)).hexdigest()


class ChainCheck:
    """Follows one chain from where it was cut, or from its beginning."""

    def __init__(self, chain: UUID) -> None:
        self.last = Link(chain, -1, GENESIS)
        self.digests: set[str] = set()
        """What rows of the action `CUT` say."""

    def begin_after(self, cut: Link | None) -> None:
        """Go on after a cut that is not behind."""
        if cut is not None and cut.number > self.last.number:
            self.last = cut

    def problem(self, entry: Entry) -> str | None:
        """Return what is wrong with the next row, if anything is."""
        expected, self.last = self.last, entry.link
        if entry.event.action == CUT:
            self.digests.add(entry.event.object)
        if entry.number != expected.number + 1:
            return f"rows {expected.number + 1} to {entry.number - 1} are missing"
        values = values_of(entry.chain.bytes, entry.number, entry.event)
        if entry.hash != hash_of(expected.hash, values):
            return f"row {entry.number} was changed, or the one before it"
        return None
