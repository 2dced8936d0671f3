"""Reads a batch as it comes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, cast

from litestar import Request

from ecg_service.api.edge.bodies import BodyLimits, read_part
from ecg_service.domain.errors import EcgError, Overloaded, TooLarge, Violation
from ecg_service.formats.framing import Splitter
from ecg_service.services.ingest.batches import Batch, BatchLimits

RENEW = "ecg.renew_body"
"""The extension of the server that gives a body its time anew."""


def endless(limits: BodyLimits) -> BodyLimits:
    """Return the limits of a body that may be as long as its documents are."""
    return replace(limits, max_bytes=2**63)


async def read_batch(
    request: Request[Any, Any, Any], splitter: Splitter, batch: Batch, limits: BatchLimits
) -> None:
    """Put the documents of the body into the batch; refuse what is beyond `max_items`.

    Those that came in one part go together: none waits for one that is still to come.
    """
    renew = _renewal(request)
    more, left = True, limits.max_items
    while more:
        part, more = await read_part(request)
        found = chain(splitter.split(part), () if more else splitter.end())
        while documents := [*islice(found, min(limits.window, left))]:
            left -= len(documents)
            await _put(batch, documents)
            renew()
        if next(found, None) is not None:
            return batch.refuse(_too_many(limits.max_items))
        try:
            await batch.hold(splitter.size)
        except Overloaded as error:
            splitter.skip(error)
    return None


async def _put(batch: Batch, documents: Sequence[bytes | EcgError]) -> None:
    whole: list[bytes] = []
    for one in documents:
        if isinstance(one, EcgError):
            await batch.put(whole)
            batch.refuse(one)
            whole = []
        else:
            whole.append(one)
    await batch.put(whole)


def _renewal(request: Request[Any, Any, Any]) -> Callable[[], None]:
    scope = cast("dict[str, Any]", request.scope)
    return cast("dict[str, Any]", scope.get("extensions", {})).get(RENEW, lambda: None)


def _too_many(most: int) -> TooLarge:
    detail = f"A batch may have {most} items: nothing from this one on is stored."
    return TooLarge(Violation((), "too_many_items", detail))
