"""By which names the service may be asked for."""

from collections.abc import Sequence

from ecg_service.settings import ServerSettings, Settings
from tests.server import PATIENT, serving
from tests.unit.server.small import Application

NAMES = "ecg.example, 192.0.2.7, [::1],localhost"


async def statuses(names: str, requests: Sequence[bytes]) -> list[int]:
    settings = Settings(server=ServerSettings(allowed_hosts=names), connections=PATIENT)
    found = list[int]()
    async with serving(Application(), settings) as door:
        for request in requests:
            async with door.wire() as wire:
                await wire.send(request)
                found.append((await wire.answer()).status)
    return found


def of(host: str, path: str = "/") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


ASKED = {
    "ecg.example": 200,
    "ECG.example": 200,
    "ecg.example:8443": 200,
    "ecg.example:": 200,
    "192.0.2.7:80": 200,
    "[::1]": 200,
    "[::1]:8000": 200,
    "localhost": 200,
    "": 421,
    "evil.example": 421,
    "evil.example:80": 421,
    "ecg.example.evil.example": 421,
    "x.ecg.example": 421,
    "ecg.example.": 421,
    "ecg.example:80:80": 421,
    "ecg.example:evil": 421,
    "::1": 421,
    "127.0.0.1": 421,
    "ecg.example,evil.example": 421,
}


async def test_only_the_names_of_the_setting_with_any_port() -> None:
    found = await statuses(NAMES, [of(host) for host in ASKED])
    assert dict(zip(ASKED, found, strict=True)) == ASKED


async def test_by_default_any_name() -> None:
    assert {*await statuses("", [of(host) for host in ("evil.example", "", "x:1")])} == {200}


async def test_the_host_of_an_absolute_url_stands_above_the_field() -> None:
    """RFC 9112 §3.2.2; and no other field says anything."""
    line = "GET {}/ HTTP/1.1\r\nHost: {}\r\nX-Forwarded-Host: {}\r\nX-Host: {}\r\nForwarded: host={}\r\n\r\n"
    good, evil = "ecg.example", "evil.example"
    asked = [
        (f"http://{good}", evil, evil, 200),
        (f"http://{good}:80", good, evil, 200),
        (f"http://{evil}", good, good, 421),
        (f"http://{good}@{evil}", good, good, 421),
        ("", good, evil, 200),
        ("", evil, good, 421),
    ]
    requests = [line.format(url, host, said, said, said).encode() for url, host, said, _ in asked]
    assert await statuses(NAMES, requests) == [status for *_, status in asked]


async def test_whoever_probes_a_machine_names_it_by_its_address() -> None:
    paths = ("/health/live", "/health/ready", "/health/checks", "/health/live/x", "//health/live")
    found = await statuses(NAMES, [of("10.1.2.3:8000", path) for path in paths])
    assert found == [200, 200, 421, 421, 421]
