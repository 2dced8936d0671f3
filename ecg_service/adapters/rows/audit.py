"""Converts rows of the audit trail; their hashes are their checksums."""

from collections.abc import Callable, Iterable, Sequence
from secrets import token_hex

from ecg_service.adapters.rows.sealed import Row
from ecg_service.domain.audit.chains import (
    CUT,
    GENESIS,
    Entry,
    Link,
    Values,
    continued,
    digest_of,
    entry_of,
    hash_of,
)
from ecg_service.domain.audit.events import SERVICE, USER, Event
from ecg_service.domain.errors import Damaged

COLUMNS = "chain, number, at, actor, issuer, action, object, outcome, request, address, count, hash"
CUT_COLUMNS = "chain, number, hash"
NAME_COLUMNS = "name, id"
TEXTS = range(3, 10)
"""The places of the texts among the columns."""
UNKNOWN = f"{USER}?"
"""Of a name that is no user's, or not any more."""


def new_id() -> str:
    """Return an id that stands for the name of a user."""
    return token_hex(8)


def names_in(events: Iterable[Event]) -> set[str]:
    """Return the names of users in the events."""
    texts = (text for one in events for text in (one.actor, one.object))
    return {text.removeprefix(USER) for text in texts if text.startswith(USER)}


def to_rows(
    chain: bytes,
    last: tuple[int, bytes] | None,
    events: Iterable[Event],
    id_of: Callable[[str], str | None],
) -> list[tuple[bytes | str | int, ...]]:
    """Return the rows that come after the last one, with ids in place of names."""

    def hidden(text: str) -> str:
        if not text.startswith(USER):
            return text
        found = id_of(text.removeprefix(USER))
        return UNKNOWN if found is None else USER + found

    return [(*values, digest) for values, digest in continued(chain, last, events, hidden)]


def to_entry(row: Row) -> Entry:
    """Return the row; a text may be bytes, of which what is damaged is replaced."""
    values = list(row)
    for place in TEXTS:
        if isinstance(values[place], bytes):
            values[place] = values[place].decode(errors="replace")
    *values, digest = values
    return entry_of(values, digest)


def require_linked(row: Sequence[object], previous: bytes | None) -> None:
    """Raise `Damaged` if a row does not follow the hash of the one before, if there must be one."""
    *values, digest = row
    if previous is None and values[1]:
        raise Damaged("the row before it is missing")
    entry = entry_of(values, digest)  # pyright: ignore[reportArgumentType]
    found: Values = tuple(values)  # pyright: ignore[reportAssignmentType]
    if entry.hash != hash_of(previous or GENESIS, found):
        raise Damaged("the row was changed, or the one before it")


def of_cut(cuts: Iterable[Link], count: int) -> Event:
    """Return what is said of rows that are forgotten."""
    return Event(CUT, digest_of(cuts), actor=SERVICE, count=count)
