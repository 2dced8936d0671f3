"""Converts blocks of the audit trail, whose hashes are their checksums; and the SQL that databases share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from secrets import token_hex
from uuid import UUID

import msgspec

from ecg_service.adapters.rows.sealed import Row
from ecg_service.domain.audit.blocks import Block, Link
from ecg_service.domain.audit.chains import CUT, ChainCheck, digest_of, forgotten
from ecg_service.domain.audit.events import SERVICE, USER, Event
from ecg_service.domain.errors import Damaged

COLUMNS = "chain, number, at, hash, content"
CUT_COLUMNS = LINK_COLUMNS = "chain, number, hash"
NAME_COLUMNS = "name, id"
UNKNOWN = f"{USER}?"
"""Of a name that is no user's, or not any more."""

# Without reading every block.
CHAINS = """
    WITH RECURSIVE chains (chain) AS (
        SELECT (SELECT chain FROM audit_blocks ORDER BY chain LIMIT 1)
        UNION ALL
        SELECT (SELECT chain FROM audit_blocks WHERE chain > chains.chain ORDER BY chain LIMIT 1)
        FROM chains WHERE chain IS NOT NULL
    )
"""
CUTS = f"SELECT {CUT_COLUMNS} FROM audit_cuts ORDER BY chain"  # noqa: S608


def new_id() -> str:
    """Return an id that stands for the name of a user."""
    return token_hex(8)


def names_in(events: Iterable[Event]) -> set[str]:
    """Return the names of users in the events."""
    texts = {one.actor for one in events} | {one.object for one in events}
    return {text.removeprefix(USER) for text in texts if text.startswith(USER)}


def hidden(names: Iterable[str], id_of: Callable[[str], str | None]) -> Mapping[str, str]:
    """Return what stands in rows in the place of users of these names."""
    ids = {name: id_of(name) for name in names}
    return {USER + name: UNKNOWN if one is None else USER + one for name, one in ids.items()}


def to_row(block: Block) -> tuple[bytes, int, int, bytes, bytes]:
    """Return a block to store."""
    return block.chain.bytes, block.number, block.at, block.hash, block.content


def to_block(row: Row) -> Block:
    """Return a block that was read."""
    chain, *others = row
    return Block(UUID(bytes=chain), *others)


def to_link(row: Row) -> Link:
    """Return an end of a block that was read."""
    chain, number, digest = row
    return Link(UUID(bytes=chain), number, digest)


def packed(values: Sequence[object], digest: bytes) -> tuple[object, object, object, bytes, bytes]:
    """Return a row of before there were blocks as one, whose hash was of the same bytes."""
    chain, number, at, *_ = values
    return chain, number, at, digest, msgspec.msgpack.encode(values)


def rows_linked(block: Block, before: Link | None) -> int:
    """Return how many rows a block has; raises `Damaged` if it does not follow the one before."""
    check = ChainCheck(block.chain)
    check.begin_after(before)
    if problem := check.problem(block):
        raise Damaged(problem)
    return check.rows


def of_cuts(before: Iterable[Link], after: Sequence[Link]) -> list[Event]:
    """Return what is said of rows that are forgotten, if any are."""
    count = forgotten(before, after)
    return [Event(CUT, digest_of(after), actor=SERVICE, count=count)] if count else []
