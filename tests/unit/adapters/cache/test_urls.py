"""What a URL may say, and what is told of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.redis.connection import make_session
from ecg_service.adapters.urls import shown
from tests.contract.builders import added, new
from tests.redis import own_server
from tests.unit.adapters.cache.stores import cached, counts, reached

CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    " -subj /CN=cache -addext subjectAltName=IP:127.0.0.1 -out cache.pem -keyout cache.key"
)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl, to make a certificate")
    subprocess.run(CERTIFICATE.split(), cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "cache.pem"


async def test_a_server_with_a_certificate_is_reached_and_verified(
    behind: MemoryStore, tmp_path: Path, certificate: Path
) -> None:
    async with own_server(tmp_path, certificate=certificate) as server:
        async with cached(behind, server.url) as one:
            [ecg_id] = await added(one, new("ann"))
            for _ in range(2):
                await one.ecgs.get("ann", ecg_id)
            assert counts(one) == (1, 1, 0)
        for url in (server.url.partition("?")[0], server.url.replace("127.0.0.1", "localhost")):
            async with cached(behind, url) as one:
                assert not reached(one)


async def test_a_server_with_a_password_is_reached_by_who_knows_it(
    behind: MemoryStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with own_server(tmp_path, password="right-secret") as server:
        for url, expected in (
            (server.url, True),
            (server.url.replace("right", "wrong"), False),
            (server.url.replace(":right-secret@", ""), False),
        ):
            async with cached(behind, url) as one:
                assert reached(one) is expected
    assert len(caplog.messages) == 3
    assert "secret" not in caplog.text


ALLOWED = "+getrange +get +set +unlink +eval +info +select"
"""What docs/cache.md says that a user needs."""


async def test_a_user_needs_no_more_than_is_told(behind: MemoryStore, tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs/cache.md").read_text()
    assert all(f"`{name[1:].upper()}`" in page for name in ALLOWED.split())
    async with own_server(tmp_path) as server:
        await server.ask("ACL", "SETUSER", "ecg", "on", ">pass", "~ecg:*", *ALLOWED.split())
        async with cached(behind, f"redis://ecg:pass@127.0.0.1:{server.port}/3") as one:
            [ecg_id] = await added(one, new("ann"))
            for _ in range(2):
                await one.ecgs.get("ann", ecg_id)
            await one.ecgs.delete("ann", ecg_id)
            assert counts(one) == (1, 1, 0)


@pytest.mark.parametrize(
    "url", ["redis://host", "redis://ann:secret@host:1/2?health_check_interval=1", "unix:///socket"]
)
def test_no_secret_of_a_url_is_told(url: str) -> None:
    make_session(url)
    assert shown(url) == url.replace("ann:secret@", "").partition("?")[0]


@pytest.mark.parametrize(
    "url", ["", "redis", "http://host", "redis://host:port", "redis://host?what=1"]
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of redis-py, in its words
        make_session(url)
