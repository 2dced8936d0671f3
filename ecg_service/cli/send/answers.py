"""Errors that a service answers, in one line."""

import httpx
import msgspec


class _Error(msgspec.Struct):
    detail: str
    pointer: str = ""
    parameter: str = ""


class _Problem(msgspec.Struct):
    title: str
    detail: str = ""
    errors: list[_Error] = []


def problem(response: httpx.Response) -> str:
    """Return the first error of an RFC 9457 problem with its place, or its title."""
    try:
        found = msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    if found.errors:
        first = found.errors[0]
        place = first.pointer or first.parameter
        return f"{place}: {first.detail}" if place else first.detail
    return f"{found.title}: {found.detail}" if found.detail else found.title
