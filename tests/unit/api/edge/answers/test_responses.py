from typing import Any, cast

import pytest
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from ecg_service.api.edge.answers.responses import ALWAYS, with_head_and_fields


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the method that it is asked by."""
    method = cast("HTTPScope", scope)["method"].encode()
    headers = [(b"content-length", str(len(method)).encode())]
    await send(cast("Message", {"type": "http.response.start", "status": 200, "headers": headers}))
    await send(cast("Message", {"type": "http.response.body", "body": method}))


async def ask(method: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    scope, sent = {"type": "http", "method": method}, list[dict[str, Any]]()

    async def send(message: Any) -> None:
        sent.append(message)

    await with_head_and_fields(echo)(cast("Scope", scope), cast("Receive", None), send)
    return scope, sent


@pytest.mark.parametrize(
    ("method", "length", "body"),
    [("GET", b"3", b"GET"), ("POST", b"4", b"POST"), ("HEAD", b"3", b"")],
)
async def test_head_is_asked_as_get_and_loses_the_body_only(
    method: str, length: bytes, body: bytes
) -> None:
    _, (start, content) = await ask(method)
    assert start["headers"] == [(b"content-length", length), *ALWAYS]
    assert content["body"] == body


async def test_the_servers_own_scope_still_says_head() -> None:
    scope, _ = await ask("HEAD")
    assert scope["method"] == "HEAD"
