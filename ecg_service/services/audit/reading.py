"""Reads the audit trail: in order of time, or each chain to verify it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from uuid import UUID

from ecg_service.domain.audit.blocks import Entry, Link, entries_of
from ecg_service.domain.audit.chains import ChainCheck, digest_of
from ecg_service.ports.audit import AuditRepository

PAGE = 50
"""Blocks."""


async def entries(audit: AuditRepository) -> AsyncIterator[Entry]:
    """Yield the rows of all chains, in order of time as far as the clocks were."""
    chains = [_rows(audit, head.chain) for head in await audit.heads()]
    waiting: list[tuple[int, int, Entry]] = []
    for place, chain in enumerate(chains):
        if (first := await anext(chain, None)) is not None:
            waiting.append((first.event.at, place, first))
    heapify(waiting)
    while waiting:
        _, place, entry = heappop(waiting)
        yield entry
        if (following := await anext(chains[place], None)) is not None:
            heappush(waiting, (following.event.at, place, following))


async def _rows(audit: AuditRepository, chain: UUID) -> AsyncIterator[Entry]:
    last = -1
    while blocks := (await audit.page(chain, after=last, limit=PAGE)).blocks:
        for block in blocks:
            for row in entries_of(block):
                yield row
        last = blocks[-1].number


async def verify(audit: AuditRepository, known: Sequence[Link] = ()) -> AsyncIterator[str]:
    """Yield a sentence for whatever was edited, deleted, moved or cut off.

    What is missing at the end of a chain, or a chain that is, shows by the heads that were `known` before.
    """
    heads = {head.chain: head for head in await audit.heads()}
    cuts = {cut.chain: cut for cut in await audit.cuts()}
    digests, expected = set[str](), {link.chain: link for link in sorted(known)}
    for chain in heads:
        check = ChainCheck(chain)
        async for problem in _verified(audit, check, expected.get(chain)):
            yield f"chain {chain}: {problem}"
        digests |= check.digests
    for chain in expected.keys() - heads.keys():
        yield f"chain {chain}: it is missing"
    if cuts and not {digest_of(cuts.values()), *await _later(audit)} & digests:
        yield "no row says that rows were forgotten where chains begin now"


async def _later(audit: AuditRepository) -> list[str]:
    """Return what is said of cuts that were made since."""
    return [digest_of(await audit.cuts())]


async def _verified(
    audit: AuditRepository, check: ChainCheck, known: Link | None
) -> AsyncIterator[str]:
    while True:
        part = await audit.page(check.last.chain, after=check.last.number, limit=PAGE)
        check.begin_after(part.cut)
        if not part.blocks:
            break
        for block in part.blocks:
            before = check.last.number
            if problem := check.problem(block):
                yield problem
            if known and before < known.number <= block.number and block.link != known:
                yield f"row {known.number} is not the one that was known"
    if known and check.last.number < known.number:
        yield f"rows {check.last.number + 1} to {known.number} are missing at its end"


def shown(text: str, names: Mapping[str, str]) -> str:
    """Return the name of a user in the place of the id that stands for it, if it is known."""
    return names.get(text.removeprefix("user:"), text) if text.startswith("user:") else text
