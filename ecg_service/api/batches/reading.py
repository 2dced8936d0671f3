"""Reads a batch as it comes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any, cast

from litestar import Request

from ecg_service.api.edge.bodies import BodyLimits, read_part
from ecg_service.domain.errors import EcgError, Overloaded, TooLarge, Violation
from ecg_service.formats.framing import Splitter
from ecg_service.services.ingest.batches import Batch

RENEW = "ecg.renew_body"
"""The extension of the server that gives a body its time anew."""


def endless(limits: BodyLimits) -> BodyLimits:
    """Return the limits of a body that may be as long as its documents are."""
    return replace(limits, max_bytes=2**63)


async def read_batch(
    request: Request[Any, Any, Any], splitter: Splitter, batch: Batch, *, max_items: int
) -> None:
    """Put the documents of the body into the batch; refuse what is beyond `max_items`."""
    renew = _renewal(request)
    more, taken = True, 0
    while more:
        part, more = await read_part(request)
        for document in chain(splitter.split(part), () if more else splitter.end()):
            if taken == max_items:
                return batch.refuse(_too_many(max_items))
            taken += 1
            await _put(batch, document)
            renew()
        try:
            await batch.hold(splitter.size)
        except Overloaded as error:
            splitter.skip(error)
    return None


async def _put(batch: Batch, document: bytes | EcgError) -> None:
    if isinstance(document, EcgError):
        batch.refuse(document)
    else:
        await batch.put(document)


def _renewal(request: Request[Any, Any, Any]) -> Callable[[], None]:
    scope = cast("dict[str, Any]", request.scope)
    return cast("dict[str, Any]", scope.get("extensions", {})).get(RENEW, lambda: None)


def _too_many(most: int) -> TooLarge:
    detail = f"A batch may have {most} items: nothing from this one on is stored."
    return TooLarge(Violation((), "too_many_items", detail))
