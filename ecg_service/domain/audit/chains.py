"""Chains: each block has a hash of itself and of the block before, so that a change is found."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

import msgspec

from ecg_service.domain.audit.blocks import Block, Content, Link, beginning, content_of, hash_of
from ecg_service.domain.errors import Damaged

CUT = "audit.cut"
"""What a retention says of the rows that it forgot."""


def digest_of(cuts: Iterable[Link]) -> str:
    """Return what a row of the action `CUT` says of all cuts."""
    listed = [(cut.chain.bytes, cut.number, cut.hash) for cut in sorted(cuts)]
    return hashlib.sha256(msgspec.msgpack.encode(listed)).hexdigest()


def ends(cuts: Iterable[Link], blocks: Iterable[Link]) -> list[Link]:
    """Return where each chain ends, by its last block or else by its cut."""
    return sorted({link.chain: link for link in (*cuts, *blocks)}.values())


def forgotten(before: Iterable[Link], after: Iterable[Link]) -> int:
    """Return how many rows are behind the cuts that were not before."""
    return sum(cut.number + 1 for cut in after) - sum(cut.number + 1 for cut in before)


class ChainCheck:
    """Follows one chain from where it was cut, or from its beginning."""

    def __init__(self, chain: UUID) -> None:
        self.last = beginning(chain)
        self.rows = 0
        self.digests: set[str] = set()
        """What rows of the action `CUT` say."""

    def begin_after(self, cut: Link | None) -> None:
        """Go on after a cut that is not behind."""
        if cut is not None and cut.number > self.last.number:
            self.last = cut

    def problem(self, block: Block) -> str | None:
        """Return what is wrong with the next block, if anything is."""
        expected, self.last = self.last, block.link
        try:
            content = content_of(block)
        except Damaged:
            return f"row {block.number} was changed: it cannot be read, with all that are stored with it"
        self.rows += len(content.rows)
        self.digests |= {row[4] for row in content.rows if row[3] == CUT}
        return _problem(expected, block, content)


def _problem(expected: Link, block: Block, content: Content) -> str | None:
    if content.first > expected.number + 1:
        return f"rows {expected.number + 1} to {content.first - 1} are missing"
    follows = content.first == expected.number + 1 and content.is_of(block)
    if not follows or block.hash != hash_of(expected.hash, block.content):
        return f"rows {content.first} to {block.number} were changed, or those before them"
    return None
