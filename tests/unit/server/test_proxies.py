"""Whose word on the client's address is taken."""

import pytest
from litestar.types import Receive, Scope, Send

from ecg_service.bootstrap.proxies import require_networks
from ecg_service.settings import ServerSettings, Settings
from tests.server import PATIENT, serving


async def tell_client(scope: Scope, receive: Receive, send: Send) -> None:
    del receive
    assert scope["client"]
    body = scope["client"][0].encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def client_of(trusted_proxies: str, *forwarded_for: str) -> str:
    settings = Settings(server=ServerSettings(trusted_proxies=trusted_proxies), connections=PATIENT)
    fields = "".join(f"X-Forwarded-For: {value}\r\n" for value in forwarded_for)
    async with serving(tell_client, settings) as door, door.wire() as wire:
        await wire.send(f"GET / HTTP/1.1\r\nHost: ecg\r\n{fields}\r\n".encode())
        return (await wire.answer()).body.decode()


async def test_nobody_is_believed_by_default() -> None:
    assert await client_of("", "192.0.2.1") == "127.0.0.1"
    assert await client_of("192.0.2.0/24", "192.0.2.1") == "127.0.0.1"


async def test_a_trusted_proxy_is_believed_up_to_the_first_address_that_is_none() -> None:
    trusted = "127.0.0.0/8, 198.51.100.7"
    assert await client_of(trusted, "192.0.2.1") == "192.0.2.1"
    assert await client_of(trusted, "203.0.113.5, 192.0.2.1, 198.51.100.7") == "192.0.2.1"
    assert await client_of(trusted, "203.0.113.5", "192.0.2.1") == "192.0.2.1"
    assert await client_of(trusted) == "127.0.0.1"


@pytest.mark.parametrize("proxies", ["", "127.0.0.1", "10.0.0.0/8, ::1", "fd00::/8"])
def test_addresses_and_networks_may_be_trusted(proxies: str) -> None:
    require_networks(proxies)


@pytest.mark.parametrize("proxies", ["*", "localhost", "10.0.0.1/8", "10.0.0.0/8 ::1", "1.2.3"])
def test_nothing_else_may(proxies: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        require_networks(proxies)
