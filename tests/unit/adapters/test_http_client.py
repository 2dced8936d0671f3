"""The HTTP client against a server that resets every connection as soon as it is open."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvloop

from ecg_service.adapters.http_client import HttpClient

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER for a reset instead of an end."""

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def resetting() -> Generator[str]:
    """The host and port of such a server."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        host, port = listener.getsockname()
        yield f"{host}:{port}"
        listener.shutdown(socket.SHUT_RDWR)


async def test_the_error_of_such_a_connection_is_one_of_transport() -> None:
    def forgotten(_: httpx.Request) -> httpx.Response:
        socket: Any = None
        return socket.getpeername()

    async with HttpClient(transport=httpx.MockTransport(forgotten)) as client:
        with pytest.raises(httpx.ConnectError, match="reset as it opened"):
            await client.get("http://ecg")


async def test_other_errors_stay_as_they_are() -> None:
    def wrong(request: httpx.Request) -> httpx.Response:
        given: Any = request
        return given.nothing

    async with HttpClient(transport=httpx.MockTransport(wrong)) as client:
        with pytest.raises(AttributeError, match="nothing"):
            await client.get("http://ecg")


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", ["direct", "proxied"])
def test_a_connection_that_is_reset_as_it_opens_is_an_error_of_transport(
    resetting: str, loop: Callable[[], asyncio.AbstractEventLoop], scheme: str, way: str
) -> None:
    host, proxy = (resetting, None) if way == "direct" else ("ecg.invalid", f"http://{resetting}")

    async def ask() -> list[httpx.Response | BaseException]:
        async with HttpClient(proxy=proxy, trust_env=False) as client:
            requests = (client.get(f"{scheme}://{host}") for _ in range(100))
            return await asyncio.gather(*requests, return_exceptions=True)

    with asyncio.Runner(loop_factory=loop) as runner:
        outcomes = runner.run(ask())
    assert [one for one in outcomes if not isinstance(one, httpx.TransportError)] == []
