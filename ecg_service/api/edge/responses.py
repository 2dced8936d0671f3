"""What every response has, whatever its route."""

from typing import cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NO_STORE = (b"cache-control", b"no-store")


def with_head_and_no_store(app: ASGIApp) -> ASGIApp:
    """Add `Cache-Control: no-store` to every response, and answer HEAD as GET without content.

    Litestar 2 answers HEAD with 405, against RFC 9110 §9.3.2, and a header that it sets on all
    responses it copies for each of them.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_no_store(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _NO_STORE]
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        head = scope["type"] == "http" and scope["method"] == "HEAD"
        if head:
            scope = cast("Scope", {**scope, "method": "GET"})
        await app(scope, receive, send_no_store)

    return answer
