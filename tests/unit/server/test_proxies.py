"""Whose word on the client's address is taken."""

import pytest
from litestar.types import Receive, Scope, Send

from ecg_service.bootstrap.edge import require_networks
from ecg_service.settings import ServerSettings, Settings
from tests.server import PATIENT, serving

TRUSTED = "127.0.0.0/8"


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


async def said_of_tls(server: ServerSettings, forwarded_proto: str) -> str | None:
    settings = Settings(server=server, connections=PATIENT)
    async with serving(tell_client, settings) as door, door.wire() as wire:
        field = f"X-Forwarded-Proto: {forwarded_proto}"
        await wire.send(f"GET / HTTP/1.1\r\nHost: ecg\r\n{field}\r\n\r\n".encode())
        return (await wire.answer()).headers.get("strict-transport-security")


async def test_behind_tls_of_a_trusted_proxy_browsers_are_told_to_come_back_with_it() -> None:
    said = "max-age=31536000; includeSubDomains"
    assert await said_of_tls(ServerSettings(trusted_proxies=TRUSTED), "https") == said
    assert await said_of_tls(ServerSettings(trusted_proxies=TRUSTED), "http") is None
    assert await said_of_tls(ServerSettings(trusted_proxies="192.0.2.0/24"), "https") is None
    assert await said_of_tls(ServerSettings(), "https") is None
    alone = ServerSettings(trusted_proxies=TRUSTED, hsts_subdomains=False)
    assert await said_of_tls(alone, "https") == "max-age=31536000"
    silent = ServerSettings(trusted_proxies=TRUSTED, hsts_seconds=0)
    assert await said_of_tls(silent, "https") is None


@pytest.mark.parametrize("proxies", ["", "127.0.0.1", "10.0.0.0/8, ::1", "fd00::/8"])
def test_addresses_and_networks_may_be_trusted(proxies: str) -> None:
    require_networks(proxies)


@pytest.mark.parametrize("proxies", ["*", "localhost", "10.0.0.1/8", "10.0.0.0/8 ::1", "1.2.3"])
def test_nothing_else_may(proxies: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        require_networks(proxies)
