"""Errors that a service answers, in one line."""

from http import HTTPStatus

import httpx
import msgspec

UNKNOWN = "urn:ecg:problem:outcome-unknown"


class _Error(msgspec.Struct):
    detail: str
    pointer: str = ""
    parameter: str = ""


class _Problem(msgspec.Struct):
    title: str
    type: str = ""
    detail: str = ""
    errors: list[_Error] = []


def problem(response: httpx.Response) -> str:
    """Return the first error of an RFC 9457 problem with its place, or its title."""
    found = _problem(response)
    if found is None:
        return f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    if found.errors:
        first = found.errors[0]
        place = first.pointer or first.parameter
        return f"{place}: {first.detail}" if place else first.detail
    return f"{found.title}: {found.detail}" if found.detail else found.title


def is_outcome_unknown(response: httpx.Response) -> bool:
    """Whether the service says that it cannot tell if it stored what it was sent."""
    if response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    found = _problem(response)
    return found is not None and found.type == UNKNOWN


def _problem(response: httpx.Response) -> _Problem | None:
    try:
        return msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
