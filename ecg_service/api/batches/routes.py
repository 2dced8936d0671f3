"""The route of batches."""

import asyncio
from http import HTTPStatus
from time import perf_counter
from typing import Any

from litestar import Controller, Request, post
from litestar.exceptions import ClientException, HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from ecg_service.api.batches.answers import BatchAnswers
from ecg_service.api.batches.reading import endless, read_batch
from ecg_service.api.batches.together import store_together
from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.bodies import check_headers
from ecg_service.api.edge.idempotency import no_key
from ecg_service.api.edge.observed import seen_of
from ecg_service.api.edge.queries import read_query
from ecg_service.api.edge.stages import noting
from ecg_service.api.openapi.declared import JSON, Body, Sent, documented
from ecg_service.api.schemas.batches import BatchOut
from ecg_service.api.schemas.queries import BatchQuery
from ecg_service.api.state import services_of
from ecg_service.domain.errors import DamagedEcg, EcgIdsTaken, InvalidHeader
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.formats.framing import FRAMINGS, Framing
from ecg_service.services.ingest.batches import Batch


class BatchController(Controller):
    """Submit many ECGs at once."""

    path = "/ecg/batch"
    tags = ["ECGs"]
    opt = {"audience": Audience.SENDERS}

    @post(
        status_code=200,
        **documented(
            {200: Sent(BatchOut, JSON)},
            body=Body(SubmittedEcg, FRAMINGS, is_framed=True),
            query=BatchQuery,
            raises=(InvalidHeader, EcgIdsTaken, DamagedEcg),
        ),
    )
    async def submit(self, request: Request[Any, Any, Any]) -> ASGIApp:
        """Store the ECGs of a body; each is answered like a request of its own.

        They stand one a line, or, as MessagePack, each after its length (four bytes, big-endian).

        They are stored while the body comes. An `id` in each makes it safe to repeat the batch.
        With `atomic=true` they are stored together or not at all, once the whole body has come.
        """
        no_key(request.scope["headers"], "Give each ECG of a batch an id instead.")
        together = read_query(BatchQuery, request).atomic
        limits = services_of(request).limits
        limits = limits if together else endless(limits)
        media_type, size = await check_headers(request, limits, FRAMINGS)
        _require_no_coding(request)
        if together:
            return await store_together(request, FRAMINGS[media_type], size)
        return BatchResponse(request, FRAMINGS[media_type])


class BatchResponse:
    """Reads a batch and answers it at the same time."""

    def __init__(self, request: Request[Any, Any, Any], framing: Framing) -> None:
        self._request = request
        self._framing = framing

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        services, framing = services_of(self._request), self._framing
        answers, seen = BatchAnswers(send), seen_of(self._request.scope)
        batch = Batch(
            services.ingest,
            self._request.user,
            framing.format,
            noting(seen, answers.tell),
            services.batches,
            trace=seen.context,
        )
        splitter = framing.splitter(services.limits.max_bytes)
        writing = asyncio.create_task(answers.write())
        try:
            await read_batch(self._request, splitter, batch, services.batches)
            seen.stages["read"] = perf_counter() - seen.started
            await batch.finish()
            answers.finish()
            await writing
        except ClientException:  # who is gone gets no answer; what has come whole is stored
            return
        finally:
            batch.close()
            writing.cancel()


def _require_no_coding(request: Request[Any, Any, Any]) -> None:
    if "Content-Encoding" in request.headers:
        raise HTTPException(
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            detail="Send a batch without a Content-Encoding.",
            headers={"Accept-Encoding": "identity"},
        )
