"""Routes of ECGs, for users."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ASGIApp

from ecg_service.api.created import Created
from ecg_service.api.edge.access import only
from ecg_service.api.edge.bodies import announced_size, receive
from ecg_service.api.edge.openapi import takes
from ecg_service.api.edge.pages import MAX_PAGE_SIZE, cursor_of, next_link, token_of
from ecg_service.api.edge.parameters import aware, ecg_uuid, lead_index
from ecg_service.api.schemas import EcgCreated, EcgIn, EcgOut, EcgPage, WindowOut
from ecg_service.api.services import services_of
from ecg_service.api.views import ecg_out, given, lead_out, window_out
from ecg_service.domain.users import Role

MAX_INDEX = 2**31 - 1


class EcgController(Controller):
    """An ECG goes in and comes back."""

    path = "/ecg"
    tags = ["ECGs"]
    opt = only(Role.USER)

    @post(operation_class=takes(EcgIn), responses={201: ResponseSpec(EcgCreated)})
    async def submit(self, request: Request[Any, Any, Any]) -> ASGIApp:
        """Store an ECG; it is durable when this answers, its zero crossings counted."""
        services = services_of(request)
        with services.ingest.admit(await announced_size(request, services.limits)):
            body = await receive(request, services.limits)
            return Created(await services.ingest.submit(request.user.name, body))

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
        page = [ecg_out(ecg, [lead_out(lead) for lead in ecg.leads]) for ecg in found]
        return Response(EcgPage(page, given(token)), headers=next_link(request, token))

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
        return ecg_out(found.ecg, [*map(lead_out, found.ecg.leads, found.crossings, found.samples)])

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

        Decimation keeps the least and the greatest sample of each stretch, so no peak is lost.
        """
        key, number = ecg_uuid(ecg_id), lead_index(index)
        window = await services_of(request).ecgs.window(
            request.user.name, key, number, start=start, stop=stop, max_points=max_points
        )
        return window_out(number, window)

    @delete("/{ecg_id:str}")
    async def remove(
        self,
        request: Request[Any, Any, Any],
        ecg_id: FromPath[str],
    ) -> None:
        """Delete an ECG with its samples and insights."""
        await services_of(request).ecgs.delete(request.user.name, ecg_uuid(ecg_id))
