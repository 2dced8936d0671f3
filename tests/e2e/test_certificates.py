"""TLS to PostgreSQL and RabbitMQ: the certificate and its name are verified. (Redis: unit tests.)"""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.service import JSON_TYPE, SMALL, EndedEarly, launch, running, until
from tests.e2e.workers import is_said
from tests.processes import COMMAND
from tests.servers.authority import authority
from tests.servers.rabbitmq import STRANGE_HOST
from tests.servers.servers import Servers

UNKNOWN = "SSLCertVerificationError: "
"""What is said of an authority that is unknown depends on what the server sends."""
MISMATCH = "SSLCertVerificationError: Hostname mismatch"
OTHER_ADDRESS = "SSLCertVerificationError: IP address mismatch"


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """An authority that vouches for no server."""
    return authority(tmp_path, "stranger").chain


async def test_a_service_verifies_the_certificate_of_postgresql(
    tmp_path: Path, servers: Servers, stranger: Path
) -> None:
    with servers.postgres.database() as url:
        plain = url.partition("?")[0]
        right = f"{plain}?sslmode=verify-full&sslrootcert={servers.certificate.authority}"
        async with running(tmp_path, database_url=right) as service:
            await service.register()
            async with service.client() as user:
                answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
                assert answer.status_code == 201
            assert await service.stop() == 0
        for wrong, reason in (
            (right.replace(str(servers.certificate.authority), str(stranger)), UNKNOWN),
            (right.replace("127.0.0.1", "localhost"), MISMATCH),
        ):
            with pytest.raises(EndedEarly, match=reason):
                async with running(tmp_path, database_url=wrong):
                    pass


async def test_a_worker_verifies_the_certificate_of_rabbitmq(
    tmp_path: Path, servers: Servers, stranger: Path
) -> None:
    known = servers.certificate.authority
    port = servers.rabbitmq.tls_port
    right, unknown, strange = (tmp_path / name for name in ("right", "unknown", "strange"))
    for folder in (right, unknown, strange):
        folder.mkdir()
    with servers.postgres.database() as url:
        await _works(right, url, f"amqps://127.0.0.1:{port}", known, "computing what")
        await asyncio.gather(
            _works(unknown, url, f"amqps://127.0.0.1:{port}", stranger, UNKNOWN),
            _works(strange, url, f"amqps://{STRANGE_HOST}:{port}", known, OTHER_ADDRESS),
        )


async def _works(folder: Path, database: str, broker: str, authority: Path, said: str) -> None:
    """Run a worker until it says so, and stop it."""
    command = ("env", f"SSL_CERT_FILE={authority}", *COMMAND)
    settings = {"database_url": database, "tasks": "celery", "broker_url": broker}
    worker = await launch(folder, "worker", command=command, **settings)
    try:
        await until(partial(is_said, folder, said))
        worker.terminate()
        assert await worker.wait() == 0
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
