"""Signing in at providers that others have written, each in a process of its own."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from signal import Signals
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ecg_service.adapters.oidc import IssuerSignatures, Limits
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.issuers import Issuer
from ecg_service.domain.jwt import read_token
from tests.e2e.service import SMALL, connected, running, until
from tests.processes import PATIENCE, free_port
from tests.processes import running as running_process

FOLDER = Path(__file__).with_name("provider")
ROLES = """
roles_claim = ["realm_access", "roles"]
roles = { "ecg-user" = "USER", "ecg-admin" = "ADMIN" }
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install oauth2-mock-server as its lock says."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is missing")
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("npm") / "provider")
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


class OAuth2MockServer:
    """The process, and the tokens that it gives out."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE)

    def token(self, **fields: str) -> str:
        given = {"grant_type": "client_credentials", "client_id": "gateway", "roles": "ecg-user"}
        return self.client.post("/token", data=given | fields).json()["access_token"]


@pytest.fixture
def mock(installed: Path) -> Generator[OAuth2MockServer]:
    node = shutil.which("node")
    assert node
    with running_process(installed, "server.mjs", command=[node]) as process:
        assert process.stdout
        mock = OAuth2MockServer(process, process.stdout.readline().strip())
        with mock.client:
            yield mock


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def trusting(folder: Path, url: str) -> dict[str, Any]:
    """Return the settings of a service that trusts a provider."""
    file = folder / "issuers.toml"
    file.write_text(f'[mock]\nissuer = "{url}"\naudience = "ecg"\n{ROLES}')
    quick = {"issuer_rotation_seconds": 0.2, "issuer_retry_seconds": 0.2}
    return {"issuers_file": file, "issuer_seconds": PATIENCE, **quick}


async def test_machines_and_people_of_oauth2_mock_server(
    tmp_path: Path, mock: OAuth2MockServer
) -> None:
    async with running(tmp_path, **trusting(tmp_path, mock.url)) as service:
        async with service.client(None) as anyone:

            async def status(token: str, path: str = "/users/me") -> tuple[int, str | None]:
                answer = await anyone.get(path, headers=bearing(token))
                return answer.status_code, answer.json().get("username")

            machine = mock.token()
            assert "sub" not in read_token(machine).claims
            stored = await anyone.post("/ecg", content=SMALL, headers=bearing(machine))
            assert stored.status_code == 201, stored.text
            assert await status(machine) == (200, "mock@gateway")
            person = mock.token(grant_type="password", username="ann", password="x")
            assert await status(person) == (200, "mock+ann")
            assert (await status(person, stored.headers["Location"]))[0] == 404
            assert (await status(mock.token(aud="other")))[0] == 401
            assert (await status(mock.token(roles="other")))[0] == 403
            admin = mock.token(roles="ecg-admin", client_id="console")
            assert (await status(admin, "/users"))[0] == 200

            mock.process.send_signal(Signals.SIGUSR2)
            first = read_token(machine).header["kid"]

            async def has_new_key() -> bool:
                token = mock.token(client_id="later")
                is_new = read_token(token).header["kid"] != first
                return is_new and await status(token) == (200, "mock@later")

            await until(has_new_key)
            unseen = [mock.token(client_id=f"unseen-{n}") for n in range(4)]
            mock.process.kill()
            mock.process.wait()
            for number, token in enumerate(unseen):
                assert await status(token) == (200, f"mock@unseen-{number}")
        assert await service.stop() == 0
        assert "Traceback" not in service.written()
        assert machine not in service.written()


@pytest.fixture
def other_mock(tmp_path: Path) -> Generator[str]:
    """Run oidc-provider-mock, whose access tokens are opaque."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def signed_in(url: str) -> dict[str, str]:
    """Sign ann in by the code flow of OpenID Connect; return her tokens."""
    here = "http://127.0.0.1/callback"
    asked = {
        "client_id": "viewer",
        "redirect_uri": here,
        "response_type": "code",
        "scope": "openid",
    }
    with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as browser:
        granted = browser.post("/oauth2/authorize", params=asked, data={"sub": "ann"})
        [code] = parse_qs(urlsplit(granted.headers["Location"]).query)["code"]
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": here}
        return browser.post("/oauth2/token", data=body, auth=("viewer", "x")).json()


async def test_tokens_of_oidc_provider_mock_are_no_access_tokens_for_us(
    tmp_path: Path, other_mock: str
) -> None:
    async def is_up() -> bool:
        try:
            async with connected("127.0.0.1", urlsplit(other_mock).port):
                return True
        except OSError:
            return False

    await until(is_up)
    tokens = signed_in(other_mock)
    said = read_token(tokens["id_token"])
    # Its signature is right by the keys that discovery leads to ...
    trusted = Issuer(other_mock, clients=frozenset({"viewer"}))
    async with IssuerSignatures.opened(trusted, Limits(seconds=PATIENCE)) as signatures:
        kid = said.header.get("kid")  # there is one key
        await signatures.verify(tokens["id_token"], kid=kid, algorithm="RS256")
        with pytest.raises(Unauthenticated):
            await signatures.verify(
                tokens["id_token"][:-8] + "AAAAAAAA", kid=kid, algorithm="RS256"
            )
    # ... but an ID token tells the client who somebody is, and lets them do nothing.
    file = tmp_path / "issuers.toml"
    file.write_text(f'[mock]\nissuer = "{other_mock}"\nclients = ["viewer"]\n')
    async with (
        running(tmp_path, issuers_file=file, issuer_seconds=PATIENCE) as service,
        service.client(None) as anyone,
    ):
        for token in (tokens["id_token"], tokens["access_token"]):
            answer = await anyone.get("/users/me", headers=bearing(token))
            assert answer.status_code == 401
