"""Routes of ECGs, for users."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ASGIApp, Receive, Scope, Send

from ecg_service.api.edge.audience import Audience
from ecg_service.api.edge.bodies import announced, receive
from ecg_service.api.edge.openapi import takes
from ecg_service.api.edge.pages import MAX_PAGE_SIZE, cursor_of, next_link, token_of
from ecg_service.api.edge.parameters import aware, ecg_uuid, lead_index
from ecg_service.api.schemas.ecgs import EcgCreated, EcgOut, EcgPage, WindowOut
from ecg_service.api.services import services_of
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.formats import FORMATS
from ecg_service.services.ingest import Receipt

MAX_INDEX = 2**31 - 1


class EcgController(Controller):
    """An ECG goes in and comes back."""

    path = "/ecg"
    tags = ["ECGs"]
    opt = {"audience": Audience.USERS}

    @post(operation_class=takes(SubmittedEcg), responses={201: ResponseSpec(EcgCreated)})
    async def submit(self, request: Request[Any, Any, Any]) -> ASGIApp:
        """Store an ECG; it is durable when this answers, its zero crossings counted."""
        services = services_of(request)
        media_type, size = await announced(request, services.limits, FORMATS)
        with services.ingest.admit(size):
            body = await receive(request, services.limits)
            receipt = await services.ingest.submit(request.user.name, FORMATS[media_type], body)
        return Created(receipt)

    @get()
    async def page(
        self,
        request: Request[Any, Any, Any],
        from_: Annotated[datetime | None, QueryParameter(name="from")] = None,
        to: FromQuery[datetime | None] = None,
        page_size: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE_SIZE)] = 20,
        page_token: FromQuery[str | None] = None,
    ) -> Response[EcgPage]:
        """List one's ECGs with from <= date < to, newest first, without samples."""
        found, after = await services_of(request).ecgs.page(
            request.user.name,
            limit=page_size,
            since=aware("from", from_),
            until=aware("to", to),
            after=cursor_of(page_token) if page_token is not None else None,
        )
        token = token_of(after) if after else None
        return Response(EcgPage.of(found, token), headers=next_link(request, token))

    @get("/{ecg_id:str}")
    async def read(
        self,
        request: Request[Any, Any, Any],
        ecg_id: FromPath[str],
        signals: FromQuery[bool] = True,
    ) -> EcgOut:
        """Return an ECG with all its samples, or without them (`signals=false`)."""
        found = await services_of(request).ecgs.read(
            request.user.name, ecg_uuid(ecg_id), signals=signals
        )
        return EcgOut.found(found)

    @get("/{ecg_id:str}/leads/{index:str}")
    async def lead(
        self,
        request: Request[Any, Any, Any],
        ecg_id: FromPath[str],
        index: FromPath[str],
        start: Annotated[int, QueryParameter(ge=0, le=MAX_INDEX)] = 0,
        stop: Annotated[int | None, QueryParameter(ge=0, le=MAX_INDEX)] = None,
        max_points: Annotated[int | None, QueryParameter(ge=2, le=MAX_INDEX)] = None,
    ) -> WindowOut:
        """Return samples start to stop of one lead, at most `max_points` of them.

        Thinning keeps the least and the greatest sample of each stretch, so no peak is lost.
        """
        key, number = ecg_uuid(ecg_id), lead_index(index)
        window = await services_of(request).ecgs.window(
            request.user.name, key, number, start=start, stop=stop, max_points=max_points
        )
        return WindowOut.of(number, window)

    @delete("/{ecg_id:str}")
    async def remove(
        self,
        request: Request[Any, Any, Any],
        ecg_id: FromPath[str],
    ) -> None:
        """Delete an ECG with its samples and insights."""
        await services_of(request).ecgs.delete(request.user.name, ecg_uuid(ecg_id))


class Created:
    """201 with the id and where the ECG is, the answer that is given all day.

    An ASGI application by itself: Litestar's response takes a third of an empty handler's time.
    """

    def __init__(self, receipt: Receipt) -> None:
        ecg_id = str(receipt.ecg_id)
        self._body = msgspec.json.encode(EcgCreated(ecg_id))
        self._headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self._body)),
            (b"location", b"/ecg/" + ecg_id.encode()),
        ]
        if receipt.replayed:
            self._headers.append((b"idempotency-replayed", b"true"))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})
