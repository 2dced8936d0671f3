"""TLS served directly, as curl and others see it, and certificates that are renewed under load."""

import asyncio
import ssl
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGHUP

import httpx
import pytest

from tests.certificates import Authority
from tests.e2e.service import ADMIN, JSON_TYPE, PASSWORD, SMALL, USER, Service, running, until
from tests.e2e.workers import together
from tests.processes import PATIENCE


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority.made(tmp_path)
    made.issue(tmp_path / "chain.pem", tmp_path / "key.pem")
    return made


TLS = {"tls_cert": "chain.pem", "tls_key": "key.pem", "tls_check_seconds": 0.1}


async def curl(*arguments: str | Path) -> tuple[int, str]:
    """Return curl's exit code, and the answer with its head."""
    command = ["curl", "--silent", "--show-error", "--include", "--noproxy", "*", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(PATIENCE):
        out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def client(service: Service, authority: Authority, name: str = USER) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=service.url,
        auth=(name, PASSWORD),
        timeout=PATIENCE,
        verify=authority.trusting(),
        trust_env=False,
    )


async def test_curl_trusts_the_authority_and_speaks_tls(
    tmp_path: Path, authority: Authority
) -> None:
    async with running(tmp_path, host="127.0.0.1", **TLS) as service:
        assert service.url.startswith("https://")
        asked = (f"{service.url}/users/me", "--user", f"{ADMIN}:{PASSWORD}")
        code, answer = await curl("--cacert", authority.file, *asked)
        assert (code, answer.splitlines()[0]) == (0, "HTTP/1.1 200 OK")
        assert "strict-transport-security: max-age=31536000" in answer.lower()
        assert (await curl(*asked))[0] == 60  # nobody knows the authority
        old = ("--cacert", str(authority.file), "--tls-max", "1.1")
        assert (await curl(*old, *asked))[0] == 35
        plain = (service.url.replace("https", "http"), "--cacert", str(authority.file))
        assert (await curl(*plain))[0] in {52, 56}
        assert (await curl("--cacert", authority.file, *asked))[0] == 0
        assert await service.stop() == 0
        assert "Traceback" not in service.written()


async def test_a_renewal_and_new_workers_lose_no_request(
    tmp_path: Path, authority: Authority
) -> None:
    """Of clients that keep their connections and of those that do not."""
    async with together(tmp_path, **TLS) as service, AsyncExitStack() as stack:
        async with client(service, authority, ADMIN) as admin:
            body = {"username": USER, "password": PASSWORD}
            assert (await admin.post("/users", json=body)).status_code == 201
        stop, sent = asyncio.Event(), list[int]()
        keeping = [await stack.enter_async_context(client(service, authority)) for _ in range(2)]

        async def keep(user: httpx.AsyncClient) -> None:
            while not stop.is_set():
                answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
                sent.append(answer.status_code)

        async def come_anew() -> None:
            while not stop.is_set():
                async with client(service, authority) as user:
                    answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
                    sent.append(answer.status_code)

        async with asyncio.TaskGroup() as group:
            for work in (*map(keep, keeping), come_anew()):
                group.create_task(work)
            authority.issue(tmp_path / "chain.pem", tmp_path / "key.pem")
            new = ssl.PEM_cert_to_DER_cert((tmp_path / "chain.pem").read_text())
            await until(lambda: shows(service, authority, new))
            service.send_signal(SIGHUP)
            before = len(sent)

            async def are_replaced() -> bool:
                return (
                    service.written().count("replacing the workers") == 1
                    and len(sent) > before + 30
                )

            await until(are_replaced)
            stop.set()
        assert set(sent) == {201}
        assert len(sent) > 30
        assert await service.stop() == 0


async def shows(service: Service, authority: Authority, certificate: bytes) -> bool:
    """Whether each of several new connections is shown this certificate."""
    for _ in range(5):
        _, writer = await asyncio.open_connection(*service.address, ssl=authority.trusting())
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        await writer.wait_closed()
        if shown != certificate:
            return False
    return True
