"""Errors that a service answers, in one line."""

import httpx
import msgspec

REPEATABLE = {"/problems/outcome-unknown", "/problems/key-in-use"}
"""Types of problems after which the same request, with its key, tells what became of it."""


class _Error(msgspec.Struct):
    detail: str
    pointer: str = ""
    parameter: str = ""
    header: str = ""


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
        place = first.pointer or first.parameter or first.header
        return f"{place}: {first.detail}" if place else first.detail
    return f"{found.title}: {found.detail}" if found.detail else found.title


def is_repeatable(response: httpx.Response) -> bool:
    """Whether the service cannot tell, or not yet, if it stored what it was sent."""
    if response.is_success:
        return False
    found = _problem(response)
    return found is not None and found.type in REPEATABLE


def _problem(response: httpx.Response) -> _Problem | None:
    try:
        return msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
