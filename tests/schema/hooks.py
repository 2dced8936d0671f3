"""How schemathesis writes and reads the bodies that it does not know."""

from typing import Any

import msgspec
import schemathesis


@schemathesis.serializer("application/msgpack", "application/vnd.msgpack", "application/x-msgpack")
def msgpack(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else msgspec.msgpack.encode(value)


@schemathesis.deserializer("application/msgpack")
def from_msgpack(_: Any, response: Any) -> Any:
    return msgspec.to_builtins(msgspec.msgpack.decode(response.content))


@schemathesis.serializer(
    "application/x-ndjson", "application/jsonl", "application/vnd.ecg.msgpack-stream"
)
def framed(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
