"""What a route says about itself: its body, its query, its header fields, its answers and its errors.

Said once, beside the route, as in `@get(**documented({200: Sent(EcgOut)}, query=EcgQuery))`. What follows
from its audience, method, path, body and query is not said: `problems.py` adds it to the document.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from ecg_service.api.schemas.queries import Query
from ecg_service.domain.errors import EcgError
from ecg_service.formats import FORMATS

JSON = ("application/json",)
NEGOTIATED = tuple(dict.fromkeys(known.media_type for known in FORMATS.values()))
"""The media types of answers in the format that `Accept` prefers."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body of this type, in any of the media types; with `is_framed`, many of them."""

    kind: type[Struct]
    media_types: Collection[str] = JSON
    is_framed: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What an answer has: a value of this type, or none, and header fields."""

    kind: type[Struct] | type[str] | None = None
    media_types: Collection[str] = NEGOTIATED
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What a route declares."""

    answers: Mapping[int, Sent]
    body: Body | None = None
    query: type[Query] | None = None
    headers: tuple[str, ...] = ()
    raises: tuple[type[EcgError], ...] = ()


def documented(
    answers: Mapping[int, Sent],
    *,
    body: Body | None = None,
    query: type[Query] | None = None,
    headers: tuple[str, ...] = (),
    raises: tuple[type[EcgError], ...] = (),
) -> dict[str, Any]:
    """Return what a route handler needs to be documented, and to take its query.

    `headers` are the header fields that it reads, by their names in `parameters.py`; `raises` are the
    errors that no rule of `problems.py` tells.
    """
    declared = Declared(answers, body, query, headers, raises)
    return {"declared": declared, **({"query": query} if query else {})}
