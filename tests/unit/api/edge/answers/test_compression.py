import gzip
from typing import Any, cast

import pytest
from litestar.types import Message, Receive, Scope, Send

from ecg_service.api.edge.answers.compression import LEAST, with_compression

Sent = list[dict[str, Any]]


async def answered(*parts: bytes, accept: bytes = b"gzip", status: int = 200) -> Sent:
    """Send an answer in these parts to a client that accepts a coding."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % sum(map(len, parts))), (b"etag", b'"a"')]
        await send(
            cast("Message", {"type": "http.response.start", "status": status, "headers": headers})
        )
        for left, part in zip(reversed(range(len(parts))), parts, strict=True):
            message = {"type": "http.response.body", "body": part, "more_body": left > 0}
            await send(cast("Message", message))

    async def send(message: Any) -> None:
        sent.append(message)

    sent: Sent = []
    scope = {"type": "http", "headers": [(b"accept-encoding", accept)]}
    await with_compression(app)(cast("Scope", scope), cast("Receive", None), send)
    return sent


async def test_a_large_answer_keeps_a_length_and_gets_a_tag_of_its_own() -> None:
    start, body = await answered(b"x" * 200_000)
    assert gzip.decompress(body["body"]) == b"x" * 200_000
    assert dict(start["headers"]) == {
        b"etag": b'"a-gzip"',
        b"content-encoding": b"gzip",
        b"content-length": b"%d" % len(body["body"]),
    }


async def test_an_answer_in_parts_is_one_stream_of_unknown_length() -> None:
    start, *bodies = await answered(b"a" * 10, b"b" * 100_000, b"")
    assert gzip.decompress(b"".join(body["body"] for body in bodies)) == b"a" * 10 + b"b" * 100_000
    assert [body["more_body"] for body in bodies] == [True, True, False]
    assert b"content-length" not in dict(start["headers"])


@pytest.mark.parametrize("size", [0, LEAST - 1])
async def test_a_small_answer_is_left_alone(size: int) -> None:
    start, body = await answered(b"x" * size)
    assert body["body"] == b"x" * size
    assert dict(start["headers"]) == {b"content-length": b"%d" % size, b"etag": b'"a"'}


async def test_an_answer_to_one_who_accepts_none_is_left_alone() -> None:
    start, body = await answered(b"x" * LEAST, accept=b"br")
    assert (len(body["body"]), len(start["headers"])) == (LEAST, 2)
