"""Every error as RFC 9457 `application/problem+json`, from one table."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Send

from ecg_service.api.edge.answers.responses import encoded, send_whole
from ecg_service.domain import errors
from ecg_service.domain.errors import EcgError, Invalid, InvalidHeader, InvalidQuery, Path

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:ecg:problem:"
MAX_TEXT_LENGTH = 500
"""Pointers and details may quote the body; longer ones are cut and end in "…"."""


@dataclass(frozen=True, slots=True)
class _Kind:
    status: int
    slug: str
    title: str
    headers: tuple[tuple[str, str], ...] = ()


_LATER = (("Retry-After", "1"),)

_KINDS: dict[type[EcgError], _Kind] = {
    errors.TooLarge: _Kind(413, "request-entity-too-large", "Request Entity Too Large"),
    errors.Malformed: _Kind(400, "malformed-body", "The body cannot be read"),
    errors.Invalid: _Kind(422, "invalid-body", "The body breaks the rules of its schema"),
    errors.InvalidQuery: _Kind(400, "invalid-query", "A parameter of the URL is invalid"),
    errors.InvalidHeader: _Kind(400, "invalid-header", "A header field is invalid"),
    errors.Unauthenticated: _Kind(401, "unauthenticated", "Sign in to do this"),
    errors.Forbidden: _Kind(403, "forbidden", "Your role does not allow this"),
    errors.NotFound: _Kind(404, "not-found", "There is nothing here"),
    errors.EcgIdTaken: _Kind(409, "id-taken", "Another ECG of yours has this id"),
    errors.EcgIdsTaken: _Kind(409, "id-taken", "Another ECG of yours has this id"),
    errors.KeyReused: _Kind(422, "key-reused", "Other content was sent with this key"),
    errors.KeyInUse: _Kind(409, "key-in-use", "The first request is not answered yet", _LATER),
    errors.UserExists: _Kind(409, "user-exists", "A user with this name exists"),
    errors.LastAdmin: _Kind(409, "last-admin", "The last enabled admin must stay"),
    errors.Overloaded: _Kind(503, "overloaded", "Too much to do, try again", _LATER),
    errors.StorageFull: _Kind(507, "storage-full", "The store has no room left", _LATER),
    errors.StorageUnavailable: _Kind(503, "storage-unavailable", "The store has failed", _LATER),
    errors.OutcomeUnknown: _Kind(500, "outcome-unknown", "It was done, or not: nobody can tell"),
    errors.DamagedEcg: _Kind(500, "damaged-ecg", "The stored ECG is damaged"),
    errors.DamagedKey: _Kind(500, "damaged-key", "What is known of this key is damaged"),
    errors.DamagedUser: _Kind(500, "damaged-user", "The stored user is damaged"),
}

_FAULT = _Kind(500, "internal-error", "The service has a fault")

_TITLES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Request Entity Too Large"}
"""Titles of HTTP statuses that Python versions name differently; a `type` must be stable."""


def _answer(kind: _Kind, detail: str | None = None, **members: object) -> Response[bytes]:
    return Response(
        msgspec.json.encode(_problem(kind, detail, **members)),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers=dict(kind.headers),
    )


def _problem(kind: _Kind, detail: str | None = None, **members: object) -> dict[str, object]:
    return {
        "type": TYPE_PREFIX + kind.slug,
        "title": kind.title,
        "status": kind.status,
        **({"detail": detail} if detail else {}),
        **members,
    }


async def send_problem(error: EcgError, send: Send) -> None:
    """Answer an expected error as `ecg_error` does, in a third of the time: under overload most are."""
    kind = _kind(error)
    body = msgspec.json.encode(_problem(kind, **_members(error)))
    fields = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), **dict(kind.headers)}
    await send_whole(kind.status, encoded(fields), body, send)


def ecg_error(_: Request[Any, Any, Any], error: EcgError) -> Response[bytes]:
    """Answer an expected error as the table says."""
    return _answer(_kind(error), **_members(error))


def problem_of(error: BaseException, *, brief: bool = False) -> tuple[int, dict[str, object]]:
    """Return the status and the problem of an error that fails a part of a request.

    Its detail and its places may be left out, to be `brief`.
    """
    if not isinstance(error, EcgError):
        logger.error("unexpected error", exc_info=error)
        return _FAULT.status, _problem(_FAULT)
    kind = _kind(error)
    return kind.status, _problem(kind, **({} if brief else _members(error)))


def _kind(error: EcgError) -> _Kind:
    kind = next(_KINDS[cls] for cls in type(error).__mro__ if cls in _KINDS)
    if kind.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", type(error).__name__, error)
    return kind


def _members(error: EcgError) -> dict[str, Any]:
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


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer an error of HTTP: no route, wrong method, body too large."""
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return ecg_error(request, errors.NotFound())
    title = _TITLES.get(status, status.phrase)
    kind = _Kind(
        status, title.lower().replace(" ", "-"), title, tuple((error.headers or {}).items())
    )
    return _answer(kind, None if error.detail == status.phrase else error.detail)


def unexpected_error(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer 500 without details; the log has the traceback."""
    logger.error("unexpected error", exc_info=error)
    return _answer(_FAULT)


HANDLERS: dict[int | type[Exception], Any] = {
    EcgError: ecg_error,
    HTTPException: http_error,
    Exception: unexpected_error,
}
