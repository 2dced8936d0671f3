"""A batch that is stored whole or not at all: read whole, and answered in the end."""

import asyncio
from collections.abc import Sequence
from itertools import chain, islice
from time import perf_counter
from typing import Any

import msgspec
from litestar import MediaType, Request
from litestar.response.base import ASGIResponse

from ecg_service.api.edge.bodies import read_body
from ecg_service.api.edge.observed import seen_of
from ecg_service.api.edge.stages import note
from ecg_service.api.schemas.batches import BatchItem, BatchOut
from ecg_service.api.state import services_of
from ecg_service.domain.errors import EcgError, TooLarge, Violation
from ecg_service.domain.together import ITEMS, require_all
from ecg_service.formats.framing import Framing
from ecg_service.services.ingest.submissions import Receipt


async def store_together(
    request: Request[Any, Any, Any], framing: Framing, size: int
) -> ASGIResponse:
    """Store all ECGs of a body, of which `size` bytes are announced, or raise why none is."""
    services = services_of(request)
    with services.ingest.admit(request.user, size, weight=framing.format.memory) as room:
        body = await read_body(request, services.limits, room.hold, size=size)
        documents = await asyncio.to_thread(_split, body, framing, services.batches.max_together)
        del body
        if not documents:
            return _answer(())
        read, seen = perf_counter(), seen_of(request.scope)
        receipts = await services.ingest.submit_together(
            request.user, framing.format, documents, trace=seen.context
        )
    note(seen, receipts, read)
    return _answer(receipts)


def _split(body: bytes, framing: Framing, most: int) -> list[bytes]:
    splitter = framing.splitter(len(body))
    found: list[bytes | EcgError] = [*islice(chain(splitter.split(body), splitter.end()), most + 1)]
    if len(found) > most:
        detail = f"A batch that is stored whole or not at all may have {most} items."
        raise TooLarge(Violation((ITEMS, most), "too_many_items", detail))
    require_all(found)
    return [one for one in found if isinstance(one, bytes)]


def _answer(receipts: Sequence[Receipt]) -> ASGIResponse:
    items = [BatchItem.stored(index, receipt) for index, receipt in enumerate(receipts)]
    answer = BatchOut(items, accepted=len(items), rejected=0)
    return ASGIResponse(body=msgspec.json.encode(answer), media_type=MediaType.JSON)
