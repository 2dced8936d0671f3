"""Every error as RFC 9457 `application/problem+json`, from one table."""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Send

from ecg_service.api.edge.answers.responses import encoded, send_whole
from ecg_service.api.problems.kinds import FAULT, OF_STATUSES, Kind, kind_of
from ecg_service.domain.errors import (
    EcgError,
    Invalid,
    InvalidHeader,
    InvalidQuery,
    MissingScope,
    Path,
    QuotaExceeded,
    StorageUnavailable,
    TooManyGuesses,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MAX_TEXT_LENGTH = 500
"""Pointers and details may quote the body; longer ones are cut and end in "…"."""


def _answer(kind: Kind, detail: str | None = None, **members: object) -> Response[bytes]:
    return Response(
        msgspec.json.encode(kind.problem(detail, **members)),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers=dict(kind.headers),
    )


async def send_problem(
    error: EcgError, send: Send, headers: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Answer an expected error as `ecg_error` does, in a third of the time: under overload most are."""
    kind = _kind(error)
    body = msgspec.json.encode(kind.problem(**_members(error)))
    fields = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        **dict(kind.headers),
        **_own_headers(error),
        **headers,
    }
    await send_whole(kind.status, encoded(fields), body, send)


def ecg_error(_: Request[Any, Any, Any], error: EcgError) -> Response[bytes]:
    """Answer an expected error as the table says."""
    answer = _answer(_kind(error), **_members(error))
    answer.headers.update(_own_headers(error))
    return answer


def _own_headers(error: EcgError) -> dict[str, str]:
    is_timed = isinstance(error, TooManyGuesses | QuotaExceeded)
    return {"Retry-After": f"{math.ceil(error.seconds)}"} if is_timed else {}


def problem_of(error: BaseException, *, brief: bool = False) -> tuple[int, dict[str, object]]:
    """Return the status and the problem of an error that fails a part of a request.

    Its detail and its places may be left out, to be `brief`.
    """
    if not isinstance(error, EcgError):
        logger.error("unexpected error", exc_info=error)
        return FAULT.status, FAULT.problem()
    kind = _kind(error)
    return kind.status, kind.problem(**({} if brief else _members(error)))


def _kind(error: EcgError) -> Kind:
    kind = kind_of(error)
    if kind.status == HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, StorageUnavailable):
        logger.error("%s: %s", type(error).__name__, error)
    return kind


def _members(error: EcgError) -> dict[str, Any]:
    if isinstance(error, MissingScope):
        return {"detail": str(error)}
    if not isinstance(error, Invalid):
        return {}
    return {"detail": _cut(error.violations[0].detail), "errors": _errors(error)}


def _errors(error: Invalid) -> list[dict[str, str]]:
    where, shown = _PLACES.get(type(error), ("pointer", pointer))
    return [
        {where: _cut(shown(v.path)), "code": v.code, "detail": _cut(v.detail)}
        for v in error.violations
    ]


def pointer(path: Path) -> str:
    """Write a path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _name(path: Path) -> str:
    return str(path[0])


_PLACES: dict[type[Invalid], tuple[str, Callable[[Path], str]]] = {
    InvalidQuery: ("parameter", _name),
    InvalidHeader: ("header", _name),
}
"""How an error names the places of violations that are not in the body."""


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else text[: MAX_TEXT_LENGTH - 1] + "…"


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer an error of HTTP: no route, wrong method, body too large."""
    status = HTTPStatus(error.status_code)
    kind = OF_STATUSES.get(status) or Kind(status, "", status.phrase)
    kind = replace(kind, headers=(*kind.headers, *(error.headers or {}).items()))
    is_plain = status is HTTPStatus.NOT_FOUND or error.detail == status.phrase
    return _answer(kind, None if is_plain else error.detail)


def unexpected_error(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer 500 without details; the log has the traceback."""
    logger.error("unexpected error", exc_info=error)
    return _answer(FAULT)


HANDLERS: dict[int | type[Exception], Any] = {
    EcgError: ecg_error,
    HTTPException: http_error,
    Exception: unexpected_error,
}
