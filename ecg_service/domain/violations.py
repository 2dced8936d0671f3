"""msgspec's words to ours: it names the place in prose, we by a JSON Pointer and a code."""

import re

import msgspec

from ecg_service.domain.errors import Violation

_PLACE = re.compile(r" - at `\$(?P<path>.*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")
_FIELD = re.compile(r"^Object (?:contains unknown|missing required) field `(?P<field>.*)`$")
_CODES = {
    "Object contains unknown field": "unknown_field",
    "Object missing required field": "missing_field",
    "Expected `str` matching": "pattern",
    "Expected `str` of length": "length",
    "Expected `array` of length": "length",
    "Expected `int` ": "out_of_range",
    "Expected `float` ": "out_of_range",
    "Number out of range": "out_of_range",
    "Integer value out of range": "out_of_range",
    "Expected `datetime` with": "no_utc_offset",
    "Invalid enum value": "unknown_value",
    "Invalid": "invalid",
    "Expected": "wrong_type",
}


def violation(error: msgspec.ValidationError) -> Violation:
    """Say where a body breaks its schema, and how."""
    message = str(error)
    detail = _PLACE.sub("", message)
    found, field = _PLACE.search(message), _FIELD.match(detail)
    place = _pointer(found["path"]) if found else ""
    if field:
        place += "/" + _escaped(field["field"])
    code = next((code for prefix, code in _CODES.items() if detail.startswith(prefix)), "invalid")
    return Violation(place, code, detail)


def _pointer(path: str) -> str:
    return "".join("/" + _escaped(step["key"] or step["index"]) for step in _STEP.finditer(path))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
