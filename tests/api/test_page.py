"""The page of the API, as a browser shows it."""

import asyncio
import re
import shutil
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import settings
from tests.api.doors import ONE_STORE, Service, problem
from tests.server import serving

pytestmark = ONE_STORE

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=20000",
    "--dump-dom",
)


async def test_all_that_the_page_loads_is_here(anyone: httpx.AsyncClient) -> None:
    page = await anyone.get("/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "http" not in policy
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 4
    for path in loaded:
        answer = await anyone.get(path)
        assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
        assert answer.content


@pytest.mark.parametrize("path", ["x", "index.html", "..%2findex.html", "%2fetc%2fpasswd"])
async def test_nothing_else_is_there(anyone: httpx.AsyncClient, path: str) -> None:
    problem(await anyone.get(f"/docs/{path}"), 404, "not-found")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
async def test_a_browser_shows_every_operation(service: Service, tmp_path: Path) -> None:
    async with serving(service.app, settings("memory", tmp_path)) as door:
        browser = await asyncio.create_subprocess_exec(
            str(CHROMIUM),
            *OPTIONS,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"http://127.0.0.1:{door.port}/docs",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        shown, said = await asyncio.wait_for(browser.communicate(), 120)
    text, log = shown.decode(), said.decode()
    assert re.findall(r"Refused to|violates|Uncaught", log) == [], log
    for path in ("/ecg", "/ecg/batch", "/users/{name}", "/health/ready"):
        assert f'data-path="{path}"' in text, log
    assert "Store an ECG" in text
