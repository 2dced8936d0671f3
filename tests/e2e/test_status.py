"""`ecg status` beside a service, as scripts and people use it."""

import asyncio
import json
import os
import pty
from contextlib import suppress
from pathlib import Path
from signal import SIGINT

import pytest

from tests.e2e.service import ADMIN, PASSWORD, USER, running, until
from tests.processes import COMMAND, PATIENCE, environment, free_port


async def status(*arguments: str, **variables: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "status",
        *arguments,
        env=environment(**variables),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    return process.returncode, out.decode(), error.decode()


async def test_everybody_hears_whether_it_is_ready_and_admins_why(tmp_path: Path) -> None:
    admin = {"ECG_USERNAME": ADMIN, "ECG_PASSWORD": PASSWORD}
    async with running(tmp_path) as service:
        await service.register()
        code, out, _ = await status(service.url)
        assert (code, out.split()) == (0, ["pass", service.url])
        code, out, _ = await status(service.url, **admin)
        assert code == 0
        assert {"store:write", "ingest:mailbox"} <= {*out.split()}
        code, out, _ = await status(service.url, "--json", **admin)
        assert (code, json.loads(out)["status"]) == (0, "pass")
        for name, why in ((USER, "403 Your role"), ("nobody", "401 Sign in")):
            code, _, error = await status(service.url, **admin | {"ECG_USERNAME": name})
            assert code == 1
            assert error.startswith(f"Error: {why}")


async def test_a_script_can_tell_what_is_not_ready_and_what_does_not_answer(tmp_path: Path) -> None:
    async with running(tmp_path, unready_seconds=PATIENCE) as service:
        service.send_signal(SIGINT)
        await until(lambda: service.has_logged("not ready any more"))
        code, out, _ = await status(service.url)
        assert (code, out.split()[0]) == (1, "fail")
    code, _, error = await status(service.url)
    assert (code, error.startswith(f"Error: no answer from {service.url}: ")) == (69, True)


async def test_what_is_no_service_is_not_taken_for_one() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        writer.close()

    port = free_port()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        code, _, error = await status(f"http://127.0.0.1:{port}")
    assert (code, error) == (1, "Error: this is no ECG service: 200 OK\n")


@pytest.mark.parametrize("url", ["ecg", "ftp://ecg", "http://"])
async def test_what_is_no_url_is_refused(url: str) -> None:
    assert (await status(url))[0] == 2


async def test_a_terminal_sees_the_service_go_away(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    async with running(tmp_path) as service:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "status", service.url, "--watch", env=environment(), stdout=theirs
        )
        os.close(theirs)
        await seen(ours, b"pass")
        await service.stop()
        await seen(ours, b"no answer: ")
        process.send_signal(SIGINT)
        async with asyncio.timeout(PATIENCE):
            code, _ = await asyncio.gather(process.wait(), read_out(ours))
    assert code == 0
    os.close(ours)


async def read_out(terminal: int) -> None:
    """Read until nobody writes any more: who writes to a terminal that is full waits."""
    with suppress(OSError):
        while await asyncio.to_thread(os.read, terminal, 4096):
            pass


async def seen(terminal: int, word: bytes) -> None:
    """Read what the terminal shows until this does."""
    shown = b""
    async with asyncio.timeout(PATIENCE):
        while word not in shown:
            with suppress(OSError):
                shown += await asyncio.to_thread(os.read, terminal, 4096)
