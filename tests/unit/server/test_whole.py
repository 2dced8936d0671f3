"""Answers written in one piece say what they would say in two, or are left to uvicorn."""

import pytest
from uvicorn._types import HTTPResponseStartEvent

from ecg_service.server.whole import JOINED, Header, whole

DATE = (b"date", b"Fri, 27 Nov 2026 00:00:00 GMT")


def pieces(
    body: bytes, *fields: Header, more: bool = False, length: int | None = None
) -> list[bytes] | None:
    known = (b"content-length", b"%d" % (len(body) if length is None else length))
    head: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": 201,
        "headers": [known, *fields],
    }
    return whole([DATE], head, {"type": "http.response.body", "body": body, "more_body": more})


def test_a_short_body_is_joined_to_its_head() -> None:
    assert pieces(b"{}") == [
        b"HTTP/1.1 201 Created\r\ndate: Fri, 27 Nov 2026 00:00:00 GMT\r\ncontent-length: 2\r\n\r\n{}"
    ]


@pytest.mark.parametrize("size", [0, JOINED, JOINED + 1])
def test_a_large_body_is_not_copied(size: int) -> None:
    body = b"x" * size
    parts = pieces(body)

    assert parts is not None
    assert b"".join(parts).endswith(b"\r\n\r\n" + body)
    assert any(part is body for part in parts) == (size > JOINED)


@pytest.mark.parametrize(
    "field",
    [
        (b"location", b"/a\r\nset-cookie: b"),
        (b"location", b"/a\nset-cookie: b"),
        (b"location", b"/a\rset-cookie: b"),
        (b"a\r\nb", b"c"),
        (b"connection", b"close"),
        (b"transfer-encoding", b"chunked"),
    ],
)
def test_what_a_field_may_not_say_is_left_to_uvicorn(field: Header) -> None:
    assert pieces(b"{}", field) is None


def test_an_answer_that_is_not_whole_is_left_to_uvicorn() -> None:
    assert pieces(b"{}", more=True) is None
    assert pieces(b"{}", length=3) is None
