"""Answers in the format that their client prefers."""

from typing import Any, TypeVar, cast

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from msgspec import Struct

from ecg_service.api.edge.preferences import format_of

T = TypeVar("T")

VARY = {"Vary": "Accept, Accept-Encoding"}


class Answer(Response[T]):
    """What a route answers: a struct in the format that `Accept` prefers."""

    def to_asgi_response(
        self,
        app: Any,  # noqa: ANN401
        request: Request[Any, Any, Any],
        **more: Any,  # noqa: ANN401
    ) -> ASGIResponse:
        answer = cast("Response[Any]", self)
        if isinstance(answer.content, Struct):
            chosen = format_of(request)
            answer.content = chosen.write(answer.content)
            answer.media_type = chosen.media_type
            answer.headers |= VARY
        return cast("Any", super()).to_asgi_response(app, request, **more)
