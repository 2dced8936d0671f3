"""TLS that the server speaks itself: which, with which certificate, and within which time."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as s

from ecg_service.server import Certificate
from ecg_service.settings import BadSettings, ServerSettings
from tests.certificates import Authority
from tests.e2e.service import Wire, head_of, post_of, until
from tests.server import PATIENT, Door
from tests.unit.server.small import served

GET = head_of("GET", "/")
SHORT = replace(PATIENT, first_byte_seconds=0.3, linger_seconds=0.3)


class Files:
    """A certificate of an authority, and its key."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority.made(folder)
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        self.renew()

    def renew(self, *, days: float = 1) -> None:
        self.authority.issue(self.chain, self.key, days=days)

    def load(self) -> Certificate:
        return Certificate(str(self.chain), str(self.key))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@asynccontextmanager
async def secure(door: Door, context: ssl.SSLContext) -> AsyncGenerator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=context)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def careless() -> ssl.SSLContext:
    """Return a client that looks at no certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def status(wire: Wire, request: bytes = GET) -> int:
    await wire.send(request)
    return (await wire.answer()).status


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_speaks_tls_from_1_2_on(files: Files, version: ssl.TLSVersion) -> None:
    context = files.authority.trusting()
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    async with served(certificate=files.load()) as (_, door), secure(door, context) as wire:
        for _ in range(3):
            assert await status(wire) == 200
        spoken = wire.writer.get_extra_info("ssl_object")
        assert spoken.version() == version.name.replace("v1_", "v1.")
        assert spoken.selected_alpn_protocol() == "http/1.1"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_and_nothing_older(files: Files, version: ssl.TLSVersion) -> None:
    context = careless()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    async with served(certificate=files.load()) as (app, door):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            async with secure(door, context):
                pass
        assert app.seen == []


def test_ciphers_keep_what_was_said_a_secret_and_whole(files: Files) -> None:
    ciphers = [one["name"] for one in files.load().context.get_ciphers()]
    assert len(ciphers) > 4
    assert all("GCM" in name or "CHACHA20" in name for name in ciphers)
    assert all(name.startswith(("TLS_", "ECDHE-")) for name in ciphers)


@pytest.mark.parametrize(
    "cipher", ["AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA"]
)
async def test_and_others_are_refused(files: Files, cipher: str) -> None:
    context = careless()
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with served(certificate=files.load()) as (app, door):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            async with secure(door, context):
                pass
        assert app.seen == []


async def test_only_with_tls_browsers_are_told_to_come_back_with_it(files: Files) -> None:
    async with served(certificate=files.load()) as (_, door), secure(door, careless()) as wire:
        await wire.send(GET)
        found = await wire.answer()
        assert found.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        await wire.send(b"NO\r\n\r\n")
        refused = await wire.answer()
        assert (refused.status, "strict-transport-security" in refused.headers) == (400, True)
    async with served() as (_, door), door.wire() as wire:
        await wire.send(GET)
        assert "strict-transport-security" not in (await wire.answer()).headers


async def test_large_bodies_and_answers_arrive_whole(files: Files) -> None:
    async with served(certificate=files.load()) as (_, door):
        async with secure(door, careless()) as wire:
            assert await status(wire, post_of(b"x" * 3_000_000)) == 200
            await wire.send(head_of("GET", "/large?5000000", connection="close"))
            assert len((await wire.answer()).body) == 5_000_000
            assert await wire.rest() == b""
        async with secure(door, careless()) as wire:  # refused while the body is still coming
            await wire.send(head_of("POST", "/", content_length=10, host=None), b"x" * 500_000)
            assert (await wire.answer()).status == 400


async def test_requests_that_come_with_the_handshake_are_answered(files: Files) -> None:
    async with served(certificate=files.load()) as (_, door):
        for _ in range(20):
            async with secure(door, careless()) as wire:
                await wire.send(GET, GET, GET)
                assert [(await wire.answer()).status for _ in range(3)] == [200] * 3


async def test_an_expired_certificate_is_renewed_without_losing_a_connection(files: Files) -> None:
    files.renew(days=-1)
    async with served(certificate=files.load()) as (_, door):
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            async with secure(door, files.authority.trusting()):
                pass
        async with secure(door, careless()) as wire:
            assert await status(wire) == 200
            files.renew()

            async def is_trusted() -> bool:
                try:
                    async with secure(door, files.authority.trusting()) as new:
                        return await status(new) == 200
                except ssl.SSLCertVerificationError:
                    return False

            await until(is_trusted)
            assert await status(wire) == 200


@pytest.mark.parametrize("how", ["garbage", "empty", "gone", "another key"])
def test_files_that_cannot_be_used_change_nothing(
    files: Files, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = files.load()
    before = certificate.context
    key = files.key.read_bytes()
    if how == "gone":
        files.chain.unlink()
    elif how == "another key":
        files.renew()
        files.key.write_bytes(key)
    else:
        files.chain.write_text("garbage" if how == "garbage" else "")
    for _ in range(3):
        certificate.renew()
    assert certificate.context is before
    assert "the old one goes on" in caplog.text
    assert how == "gone" or caplog.text.count("the old one goes on") == 1
    files.renew()
    certificate.renew()
    assert certificate.context is not before
    after = certificate.context
    certificate.renew()
    assert certificate.context is after


async def test_who_never_agrees_is_closed(files: Files) -> None:
    async with served(SHORT, certificate=files.load()) as (app, door):
        async with door.wire() as silent, door.wire() as plain, door.wire() as half:
            await plain.send(GET)
            await half.send(b"\x16\x03\x01\x02\x00\x01")
            for wire in (silent, plain, half):
                assert not (await wire.rest()).startswith(b"HTTP")
        async with secure(door, careless()) as wire:
            assert await status(wire) == 200
        assert len(app.seen) == 1


async def test_and_makes_room_for_others_before(files: Files) -> None:
    async with served(max_connections=2, certificate=files.load()) as (_, door):
        wires = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(30)]
        async with secure(door, careless()) as wire:
            assert await status(wire) == 200
        closed = [await reader.read() for reader, _ in wires[:28]]
        assert closed == [b""] * 28
        for _, writer in wires:
            writer.close()


async def test_who_never_agrees_does_not_keep_the_server_from_its_end(files: Files) -> None:
    limits = replace(PATIENT, last_request_seconds=0.1)
    async with asyncio.timeout(30):
        async with served(limits, certificate=files.load()) as (_, door):
            wires = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(5)]
            async with secure(door, careless()) as wire:  # those before are taken by now
                assert await status(wire) == 200
        for _, writer in wires:
            writer.close()


async def test_what_began_before_the_end_is_answered(files: Files) -> None:
    async with served(certificate=files.load()) as (_, door), secure(door, careless()) as wire:
        await wire.send(head_of("GET", "/large?1000000"))
        answer = asyncio.create_task(wire.answer())
        await asyncio.sleep(0)
        door.stop.set()
        assert len((await answer).body) == 1_000_000


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (ServerSettings(tls_cert="/nowhere/chain.pem"), "ECG_TLS_CERT: /nowhere/chain.pem: "),
        (ServerSettings(tls_key="key.pem"), "ECG_TLS_KEY: needs ECG_TLS_CERT"),
    ],
)
def test_what_is_wrong_is_named(settings: ServerSettings, place: str) -> None:
    with pytest.raises(BadSettings) as raised:
        Certificate.configured(settings)
    assert place in str(raised.value)


def test_the_file_that_is_at_fault_is_named(files: Files, tmp_path: Path) -> None:
    empty, chain, key = tmp_path / "empty.pem", str(files.chain), str(files.key)
    empty.touch()
    for given, place in (
        (
            ServerSettings(tls_cert=chain, tls_key="/nowhere.pem"),
            "ECG_TLS_KEY: /nowhere.pem: No such",
        ),
        (
            ServerSettings(tls_cert=chain, tls_key=str(empty)),
            f"ECG_TLS_KEY: {empty}: no key for {chain}",
        ),
        (
            ServerSettings(tls_cert=str(empty), tls_key=key),
            f"ECG_TLS_CERT: {empty}: it has no cert",
        ),
        (ServerSettings(tls_cert=chain), f"ECG_TLS_CERT: {chain}: no key in it"),
    ):
        with pytest.raises(BadSettings) as raised:
            Certificate.configured(given)
        assert str(raised.value).startswith(place)


def test_a_key_that_is_encrypted_asks_nobody(files: Files) -> None:
    key = s.load_pem_private_key(files.key.read_bytes(), None)
    files.key.write_bytes(
        key.private_bytes(
            s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"secret")
        )
    )
    with pytest.raises(BadSettings, match="encrypted"):
        Certificate.configured(ServerSettings(tls_cert=str(files.chain), tls_key=str(files.key)))
