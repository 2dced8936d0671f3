"""Answers in the format that their client prefers."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Send
from msgspec import Struct

from ecg_service.api.edge.answers.preferences import format_of
from ecg_service.api.edge.answers.responses import Header, encoded, send_whole
from ecg_service.formats import AnswerFormat, Body

T = TypeVar("T")

VARY = {"Vary": "Accept, Accept-Encoding"}
[VARYING] = encoded(VARY)


async def send_answer(
    content: Struct, request: Request[Any, Any, Any], headers: Iterable[Header], send: Send
) -> None:
    """Answer 200 with a struct in the format that `Accept` prefers, without Litestar's response."""
    chosen = format_of(request)
    await send_written(chosen.write(content), chosen, headers, send)


async def send_written(
    body: Body, form: AnswerFormat, headers: Iterable[Header], send: Send
) -> None:
    """Answer 200 with what was written in a format."""
    length = b"content-length", b"%d" % len(body)
    await send_whole(200, [type_of(form), length, *headers], body, send)


def type_of(form: AnswerFormat) -> Header:
    """Return the field that names a format."""
    return b"content-type", form.media_type.encode()


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
