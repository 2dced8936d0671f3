"""Reads queries of URLs strictly: each parameter is known, given once, and exactly of its type."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import inspect

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.schemas.queries import Query
from ecg_service.domain.errors import InvalidQuery, Violation
from ecg_service.domain.violations import violation

Q = TypeVar("Q", bound=Query)

MAX_PARAMETERS = 100
MAX_ECHO = 40
"""Characters of a value that are shown to whoever sent it."""
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DIGITS = 18
"""A number with more is beyond every bound whatever they are, and is not worth the reading."""
_DATE_WITH_SPACE = re.compile(r".*[0-9] [0-9]{2}:[0-9]{2}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

_READERS: dict[type[inspect.Type], Callable[[str], object]] = {
    inspect.IntType: lambda text: int(text[:_DIGITS]) if _INTEGER.fullmatch(text) else text,
    inspect.BoolType: lambda text: _BOOLEANS.get(text.lower(), text),
}
"""Types that are not text; what is not written as one stays text, which is then refused."""


class StrictQueries:
    """Middleware that refuses the query of a route that takes none.

    It is the innermost, so it also calls the ASGI application that the route's `opt` may name, past
    Litestar's request, arguments and response.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        opt = scope["route_handler"].opt
        takes_query = "query" in opt or opt["audience"] is Audience.EVERYBODY
        if scope["query_string"] and not takes_query:
            decode_query(Query, scope["query_string"])
        await opt.get("asgi", self._app)(scope, receive, send)


def read_query(kind: type[Q], request: Request[Any, Any, Any]) -> Q:
    """Return the query, or raise `InvalidQuery` naming the parameter."""
    return decode_query(kind, request.scope["query_string"])


def decode_query(kind: type[Q], query: bytes) -> Q:
    """Decode a query string, or raise `InvalidQuery` naming the parameter."""
    if not query:
        return kind()  # no parameter is required
    pairs = _pairs(query)
    if broken := [*_misnamed(kind, Counter(name for name, _ in pairs))]:
        raise InvalidQuery(*broken)
    readers = _readers(kind)
    try:
        return msgspec.convert({name: readers[name](text) for name, text in pairs}, kind)
    except msgspec.ValidationError as error:
        raise InvalidQuery(_explained(violation(error), dict(pairs))) from error


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError as error:
        detail = f"Expected at most {MAX_PARAMETERS} parameters, percent-encoded."
        raise InvalidQuery(Violation(("?",), "malformed", detail)) from error


def _misnamed(kind: type[Query], names: Counter[str]) -> Iterator[Violation]:
    known = [*_readers(kind)]
    for name, times in names.items():
        if name not in known:
            near = get_close_matches(name.lower(), known, n=1) or known
            detail = f"Expected {' or '.join(near)}." if near else "Expected no parameters."
            yield Violation((name,), "unknown_parameter", detail)
        elif times > 1:
            yield Violation((name,), "repeated", "Expected the parameter once.")


@cache
def _readers(kind: type[Query]) -> dict[str, Callable[[str], object]]:
    info = inspect.type_info(kind)
    fields = info.fields if isinstance(info, inspect.StructType) else ()
    return {field.encode_name: _reader(field.type) for field in fields}


def _reader(kind: inspect.Type) -> Callable[[str], object]:
    while isinstance(kind, inspect.Metadata):  # a description
        kind = kind.type
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return next((_READERS[type(one)] for one in kinds if type(one) in _READERS), str)


def _explained(broken: Violation, given: dict[str, str]) -> Violation:
    """Show what was given: to the decoder it is text of the wrong type."""
    text = given[str(broken.path[0])]
    detail = broken.detail.replace("got `str`", f'got "{text}"').replace(text, _cut(text))
    if _DATE_WITH_SPACE.fullmatch(text):
        detail = 'A "+" in a URL is a space: write it as %2B, or the date with Z.'
    return Violation(broken.path, broken.code, detail)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_ECHO else f"{text[:MAX_ECHO]}…"
