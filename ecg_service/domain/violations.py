"""Checks values against annotated types; turns msgspec's messages into paths and codes."""

import re
from typing import TypeVar

import msgspec
from msgspec import Meta

from ecg_service.domain.errors import Invalid, Path, Violation

T = TypeVar("T")

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
    "Expected": "wrong_type",
}

_MATCHING = "Expected `str` matching regex "
_WORDS: dict[str, str] = {}
_LENGTH = re.compile(r"^Expected `(?P<what>str|array)` of length (?P<bound>[<>]=) (?P<length>\d+)$")
_BOUNDS = {">=": "at least", "<=": "at most"}
_PARTS = {"str": "characters", "array": "items"}


def pattern(regex: str, words: str, *, longest: int, least: int | None = None) -> Meta:
    """Return a rule for a text; `words` say it to people, who would have to read the regex."""
    _WORDS[f"{_MATCHING}{regex!r}"] = words
    return Meta(pattern=regex, min_length=least, max_length=longest)


def conform(value: object, rules: type[T], *path: str | int) -> T:
    """Return the value as the annotated type, or raise `Invalid` at this path."""
    try:
        return msgspec.convert(value, rules)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error, *path)) from error


def violation(error: msgspec.ValidationError, *path: str | int) -> Violation:
    """Return which rule a value breaks, and where below `path`."""
    message = str(error)
    detail = _PLACE.sub("", message)
    found, field = _PLACE.search(message), _FIELD.match(detail)
    inner = _path(found["path"]) if found else ()
    if field:
        inner += (field["field"],)
    code = next((code for prefix, code in _CODES.items() if detail.startswith(prefix)), "invalid")
    return Violation(path + inner, code, _in_words(detail))


def _in_words(detail: str) -> str:
    """Return what msgspec says, to people who do not know it."""
    if found := _LENGTH.match(detail):
        return f"must have {_BOUNDS[found['bound']]} {found['length']} {_PARTS[found['what']]}"
    return _WORDS.get(detail, detail)


def _path(prose: str) -> Path:
    return tuple(step["key"] or int(step["index"]) for step in _STEP.finditer(prose))
