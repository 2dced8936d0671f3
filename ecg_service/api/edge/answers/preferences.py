"""What a client prefers of an answer: its format and its content coding (RFC 9110 §12.5)."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from litestar import Request

from ecg_service.formats import FORMATS, AnswerFormat

MAX_LENGTH = 1_000
"""Bytes of a preference; a longer one, of which browsers have none, counts as absent."""
REMEMBERED = 64
"""Preferences that are remembered: clients say the same again and again."""

Headers = Iterable[tuple[bytes, bytes]]

_FORMATS = list(dict.fromkeys(FORMATS.values()))
_WEIGHT = re.compile(rb"0(\.[0-9]{0,3})?|1(\.0{0,3})?")

CODINGS = (b"zstd", b"gzip")
"""Those that answers are compressed with; the first is preferred."""


def format_of(request: Request[Any, Any, Any]) -> AnswerFormat:
    """Return the format that `Accept` prefers; the more specific of two, then the default.

    Who accepts none gets the default: an answer says more than a 406, which RFC 9110 allows.
    """
    return _format(_field(request.scope["headers"], b"accept"))


def coding_for(headers: Headers) -> bytes | None:
    """Return the coding that `Accept-Encoding` prefers, if it names one."""
    return _coding(_field(headers, b"accept-encoding"))


def _field(headers: Headers, field: bytes) -> bytes:
    values = [value for name, value in headers if name == field]  # faster than a generator
    given = b",".join(values)
    return given if len(given) <= MAX_LENGTH else b""


@lru_cache(REMEMBERED)
def _format(accept: bytes) -> AnswerFormat:
    given = _weights(accept)
    return max(_FORMATS, key=lambda one: max(_rank(name, given) for name in _names(one)))


@lru_cache(REMEMBERED)
def _coding(accept: bytes) -> bytes | None:
    given = _weights(accept)
    best = max(CODINGS, key=lambda coding: given.get(coding, 0))
    return best if given.get(best) else None


def _names(known: AnswerFormat) -> list[bytes]:
    return [name.encode() for name in (known.media_type, *known.aliases)]


def _rank(name: bytes, given: Mapping[bytes, float]) -> tuple[float, int]:
    """Return the weight of a media type, and how specific the range is that it is from."""
    ranges = (name, name.partition(b"/")[0] + b"/*", b"*/*")
    none = (0, -len(ranges))
    found = ((given[one], -place) for place, one in enumerate(ranges) if one in given)
    weight, place = next(found, none)
    return (weight, place) if weight else none


def _weights(given: bytes) -> dict[bytes, float]:
    """Read a list of values with their `q`; a value with a malformed one is left out."""
    pairs = (one.partition(b";") for one in given.lower().split(b",") if one.strip())
    weights = {name.strip(): _weight(parameters) for name, _, parameters in pairs}
    return {name: weight for name, weight in weights.items() if weight is not None}


def _weight(parameters: bytes) -> float | None:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"q":
            return float(value) if _WEIGHT.fullmatch(value := value.strip()) else None
    return 1.0
