"""Both distributions, built and installed as a stranger would, run where there is no repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.test_wheel import DIST, ROOT, wheel
from tests.processes import PATIENCE, eventually, free_port

__all__ = ["wheel"]

HERE = ("--python", sys.executable)
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("UV_", "ECG_", "PYTHON")) or name == "UV_CACHE_DIR"
}


def run(*command: str | Path, folder: Path, **more: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**ENVIRONMENT, **more},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packages(wheel: Path) -> Path:
    """Return a folder with the wheels of both distributions, that of the service made from the sdist beside it."""
    folder = wheel.parent
    if not DIST:
        build = ("uv", "build", "--quiet", "--no-build-isolation", *HERE)
        run(*build, "--out-dir", folder, ROOT, folder=folder)
    return folder


@pytest.fixture(scope="module", params=["whl", "tar.gz"])
def ecg(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, packages: Path
) -> Path:
    """Return the command, installed by `uv tool install` from the service's wheel, or from its sdist."""
    [service] = packages.glob(f"ecg_service-*.{request.param}")
    folder = tmp_path_factory.mktemp("installed")
    places = {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    given = ("--find-links", packages, "--constraints", ROOT / "requirements.txt")
    run("uv", "tool", "install", "--quiet", *HERE, *given, service, folder=folder, **places)
    return folder / "bin" / "ecg"


def test_it_shows_its_demo(ecg: Path, tmp_path: Path) -> None:
    shown = run(ecg, "demo", "--once", folder=tmp_path)
    assert re.search(r"\bII\b.*\d", shown)


def test_it_has_its_pages_problems_and_schema(ecg: Path, tmp_path: Path) -> None:
    port = free_port()
    serve = [ecg, "serve", "--port", str(port), "--database-url", "sqlite:///new.db"]
    with subprocess.Popen(
        serve, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                eventually(lambda: answers(client))
                page = client.get("/docs").text
                assets = re.findall(r'(?:src|href)="(/[^"]+)"', page)
                paths = ["/schema/openapi.json", "/problems/invalid-body", *assets]
                assert len(assets) > 1
                assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(
                    paths, 200
                )
        finally:
            process.terminate()
    assert process.returncode == 0
    assert (tmp_path / "new.db").exists()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready").is_success
    except httpx.TransportError:
        return False
