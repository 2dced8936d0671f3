"""Events, and the lines that they become by structlog's processors."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

Event = dict[str, Any]
"""What is logged: `time` since the epoch, `level`, `logger`, `event`, and whatever else is known."""

Render = Callable[[Event], str]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_KNOWN = ("time", "level", "worker", "logger", "event", "exception")
_bare = re.compile(r"[\w.:/{}+%@-]+")
_traceback = structlog.processors.ExceptionRenderer()


def of_record(record: logging.LogRecord) -> Event:
    """Return what a record of `logging` says."""
    event: Event = {
        "time": record.created,
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    if record.exc_info:
        event["exc_info"] = record.exc_info
        _traceback(None, "", event)
    return event


def in_json(event: Event) -> str:
    """Write an event as one JSON object; line breaks and escapes of terminals are escaped."""
    line = msgspec.json.encode({**event, "time": _time(event)}, enc_hook=str).decode()
    return escaped(line)


def for_people(event: Event) -> str:
    """Write an event for people: a line, and the lines of a traceback."""
    worker = f"{event['worker']} " if "worker" in event else ""
    more = "".join(f" {k}={_value(v)}" for k, v in event.items() if k not in _KNOWN)
    text = f"{event['logger']}: {event['event']}{more}"
    line = f"{_time(event)} {event['level'].upper()} {worker}{escaped(text)}"
    lines = str(event.get("exception", "")).splitlines()
    return "\n".join([line, *map(escaped, lines)])


def escaped(text: str) -> str:
    r"""Write control characters, also those of ANSI and Unicode line breaks, as `\x1b` is written here."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _value(value: object) -> str:
    text = f"{value:.6f}" if isinstance(value, float) else str(value)
    return text if _bare.fullmatch(text) else msgspec.json.encode(text).decode()


def _time(event: Event) -> str:
    """Write the time as RFC 3339 does, in UTC."""
    at = datetime.fromtimestamp(event["time"], UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
