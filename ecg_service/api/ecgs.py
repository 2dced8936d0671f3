"""Routes of ECGs, for users."""

from time import perf_counter
from typing import Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.answers.negotiated import Answer, send_answer, send_written
from ecg_service.api.edge.answers.preferences import format_of
from ecg_service.api.edge.answers.responses import send_whole
from ecg_service.api.edge.answers.streamed import send_streamed
from ecg_service.api.edge.answers.validators import known_tag, send_not_modified, tag_of, validated
from ecg_service.api.edge.bodies import check_headers, decoded, read_body
from ecg_service.api.edge.idempotency import HEADER, key_of
from ecg_service.api.edge.observed import seen_of
from ecg_service.api.edge.pages import cursor_of, next_link, token_of
from ecg_service.api.edge.parameters import named_id, named_lead
from ecg_service.api.edge.queries import read_query
from ecg_service.api.edge.stages import note
from ecg_service.api.openapi.declared import JSON, Body, Sent, documented
from ecg_service.api.schemas.ecgs import EcgCreated, EcgOut, EcgPage, WindowOut
from ecg_service.api.schemas.queries import EcgQuery, EcgsQuery, WindowQuery
from ecg_service.api.state import services_of
from ecg_service.domain.errors import (
    DamagedEcg,
    DamagedKey,
    EcgIdTaken,
    EcgNotFound,
    KeyInUse,
    KeyReused,
    LeadNotFound,
)
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.formats import FORMATS
from ecg_service.services.found import FoundEcg
from ecg_service.services.ingest.submissions import Receipt

_KEPT = ("ETag", "Cache-Control", "Vary")
_OF_ONE = (EcgNotFound, DamagedEcg)


async def submit_ecg(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `POST /ecg`: an ASGI application, so that Litestar does nothing after its router."""
    request: Request[Any, Any, Any] = Request(scope, receive, send)
    services = services_of(request)
    media_type, size = await check_headers(request, services.limits, FORMATS)
    key, known = key_of(scope["headers"]), FORMATS[media_type]
    with services.ingest.admit(request.user, size, weight=known.memory) as room:
        body = await read_body(request, services.limits, room.hold, size=size)
        body = await decoded(body, request, services.limits, room.hold)
        read = perf_counter()
        seen = seen_of(scope)
        receipt = await services.ingest.submit(
            request.user, known, body, key=key, trace=seen.context
        )
    note(seen, (receipt,), read)
    await send_created(receipt, send)


async def read_ecg(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `GET /ecg/{ecg_id}`, past Litestar as `submit_ecg`."""
    request: Request[Any, Any, Any] = Request(scope, receive, send)
    query, tag = read_query(EcgQuery, request), tag_of(request)
    key, ecgs = named_id(scope["path_params"]["ecg_id"]), services_of(request).ecgs
    if known := known_tag(request, tag):
        await ecgs.read(request.user.name, key)
        await send_not_modified(known, send)
        return
    if not query.signals:
        found = await ecgs.read(request.user.name, key)
        await send_answer(EcgOut.of(found), request, validated(tag), send)
        return
    form = format_of(request)
    found = await ecgs.whole(request.user.name, key, form, EcgOut.of)
    if not isinstance(found, FoundEcg):
        await send_written(found, form, validated(tag), send)
        return
    signals = [(one, ecgs.stream(found, index)) for index, one in enumerate(found.streamed)]
    await send_streamed(EcgOut.of(found), signals, request, validated(tag), send)


async def read_lead(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `GET /ecg/{ecg_id}/leads/{index}`, past Litestar as `submit_ecg`."""
    request: Request[Any, Any, Any] = Request(scope, receive, send)
    query, tag = read_query(WindowQuery, request), tag_of(request)
    parameters, ecgs = scope["path_params"], services_of(request).ecgs
    key, number = named_id(parameters["ecg_id"]), named_lead(parameters["index"])
    if known := known_tag(request, tag):
        await ecgs.lead(request.user.name, key, number)
        await send_not_modified(known, send)
        return
    window = await ecgs.window(
        request.user.name,
        key,
        number,
        write=format_of(request).written,
        start=query.start,
        stop=query.stop,
        max_points=query.max_points,
    )
    await send_answer(WindowOut.of(number, window), request, validated(tag), send)


class EcgController(Controller):
    """Submit, list, read and delete ECGs."""

    path = "/ecg"
    tags = ["ECGs"]
    opt = {"audience": Audience.READERS}

    @post(
        opt={"asgi": submit_ecg, "audience": Audience.SENDERS},
        **documented(
            {201: Sent(EcgCreated, JSON, headers=("Location", "Idempotency-Replayed"))},
            body=Body(SubmittedEcg, FORMATS),
            headers=(HEADER, "Content-Encoding"),
            raises=(EcgIdTaken, KeyReused, KeyInUse, DamagedKey, DamagedEcg),
        ),
    )
    async def submit(self) -> ASGIApp:
        """Store an ECG; 201 means that it is durable and its zero crossings are counted."""
        return submit_ecg

    @get(**documented({200: Sent(EcgPage, headers=("Link", "Vary"))}, query=EcgsQuery))
    async def page(self, request: Request[Any, Any, Any]) -> Response[EcgPage]:
        """List your ECGs with from <= date < to, newest first, without samples."""
        query = read_query(EcgsQuery, request)
        found, after = await services_of(request).ecgs.page(
            request.user.name,
            limit=query.page_size,
            since=query.from_,
            until=query.to,
            after=cursor_of(query.page_token) if query.page_token is not None else None,
        )
        token = token_of(after) if after else None
        return Answer(EcgPage.of(found, token), headers=next_link(request, token))

    @get(
        "/{ecg_id:str}",
        asgi=read_ecg,
        **documented(
            {200: Sent(EcgOut, headers=_KEPT), 304: Sent(headers=_KEPT)},
            query=EcgQuery,
            headers=("If-None-Match",),
            raises=_OF_ONE,
        ),
    )
    async def read(self, ecg_id: FromPath[str]) -> ASGIApp:  # noqa: ARG002 - is documented
        """Return an ECG with all its samples, or without them (`signals=false`)."""
        return read_ecg

    @get(
        "/{ecg_id:str}/leads/{index:str}",
        asgi=read_lead,
        **documented(
            {200: Sent(WindowOut, headers=_KEPT), 304: Sent(headers=_KEPT)},
            query=WindowQuery,
            headers=("If-None-Match",),
            raises=(*_OF_ONE, LeadNotFound),
        ),
    )
    async def lead(self, ecg_id: FromPath[str], index: FromPath[str]) -> ASGIApp:  # noqa: ARG002
        """Return samples start to stop of one lead, at most `max_points` of them.

        Decimation keeps the minimum and the maximum of each bucket, so that no peak is lost.
        """
        return read_lead

    @delete(
        "/{ecg_id:str}",
        opt={"audience": Audience.USERS},
        **documented({204: Sent()}, raises=(EcgNotFound,)),
    )
    async def remove(
        self,
        request: Request[Any, Any, Any],
        ecg_id: FromPath[str],
    ) -> None:
        """Delete an ECG with its samples and insights."""
        await services_of(request).ecgs.delete(request.user, named_id(ecg_id))


async def send_created(receipt: Receipt, send: Send) -> None:
    """Answer 201 with the id and the location of the ECG."""
    ecg_id = str(receipt.ecg_id)
    body = msgspec.json.encode(EcgCreated(ecg_id))
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"location", b"/ecg/" + ecg_id.encode()),
    ]
    if receipt.replayed:
        headers.append((b"idempotency-replayed", b"true"))
    await send_whole(201, headers, body, send)
