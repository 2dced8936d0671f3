"""What a client prefers of an answer: its format and its content coding (RFC 9110 §12.5)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request

from ecg_service.formats import DEFAULT, FORMATS, AnswerFormat

Headers = Iterable[tuple[bytes, bytes]]

_FORMATS = list(dict.fromkeys(FORMATS.values()))
_WEIGHT = re.compile(rb"0(\.[0-9]{0,3})?|1(\.0{0,3})?")

CODINGS = (b"zstd", b"gzip")
"""Those that answers are compressed with; the first is preferred."""


def format_of(request: Request[Any, Any, Any]) -> AnswerFormat:
    """Return the format that `Accept` prefers; the more specific of two, then the default.

    Who accepts none gets the default: an answer says more than a 406, which RFC 9110 allows.
    """
    given = _weights(request.scope["headers"], b"accept")
    if not given:
        return DEFAULT
    return max(_FORMATS, key=lambda one: max(_rank(name, given) for name in _names(one)))


def coding_for(headers: Headers) -> bytes | None:
    """Return the coding that `Accept-Encoding` prefers, if it names one."""
    given = _weights(headers, b"accept-encoding")
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


def _weights(headers: Headers, field: bytes) -> dict[bytes, float]:
    """Read a list of values with their `q`; a value with a malformed one is left out."""
    given = b",".join(value for name, value in headers if name == field).lower()
    pairs = (one.partition(b";") for one in given.split(b",") if one.strip())
    weights = {name.strip(): _weight(parameters) for name, _, parameters in pairs}
    return {name: weight for name, weight in weights.items() if weight is not None}


def _weight(parameters: bytes) -> float | None:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"q":
            return float(value) if _WEIGHT.fullmatch(value := value.strip()) else None
    return 1.0
