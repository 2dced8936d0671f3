"""Which proxy `ecg send` goes through, whom it trusts, and what it says if it can do neither."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from ecg_service.cli import main
from ecg_service.cli.send.client import is_loopback, route_to
from ecg_service.settings import BadSettings
from tests.processes import free_port

HTTP, HTTPS = "http://ecg.example", "https://ecg.example"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
AUTH = httpx.BasicAuth("bob", "correct horse")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


def setenv(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def send(url: str, file: Path) -> Result:
    file.write_text("{}")
    env = {"ECG_USERNAME": "bob", "ECG_PASSWORD": "correct horse"}
    command = ["send", "--retries", "0", "--url", url, str(file)]
    return CliRunner().invoke(main, command, env=env)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        *((host, True) for host in ("localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "::1")),
        *((host, True) for host in ("127.8.9.1", "0.0.0.0", "::", "::ffff:127.0.0.1")),
        *((host, False) for host in ("ecg", "localhost.example", "notlocalhost", "10.0.0.1")),
        *((host, False) for host in ("fe80::1", "::ffff:10.0.0.1", "128.0.0.1")),
    ],
)
def test_loopback_is_this_machine(host: str, *, is_here: bool) -> None:
    assert is_loopback(host) is is_here


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "https://[::1]:8000"])
def test_no_proxy_leads_to_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    setenv(monkeypatch, HTTP_PROXY="http://p", HTTPS_PROXY="http://p", ALL_PROXY="socks5://p")
    assert route_to(httpx.URL(url)).proxy is None


@pytest.mark.parametrize(
    ("variables", "url", "way"),
    [
        ({"HTTP_PROXY": "http://p:1"}, HTTP, "http://p:1 (HTTP_PROXY)"),
        ({"http_proxy": "p:1", "HTTP_PROXY": "http://q"}, HTTP, "http://p:1 (http_proxy)"),
        ({"HTTP_PROXY": "socks5://p", "HTTPS_PROXY": "http://q"}, HTTPS, "http://q (HTTPS_PROXY)"),
        ({"ALL_PROXY": "https://p", "HTTPS_PROXY": "http://q"}, HTTP, "https://p (ALL_PROXY)"),
        ({"ALL_PROXY": "http://me:secret@p:1"}, HTTP, "http://p:1 (ALL_PROXY)"),
        (
            {"HTTP_PROXY": "http://p", "NO_PROXY": "other.example, [::1]"},
            HTTP,
            "http://p (HTTP_PROXY)",
        ),
    ],
    ids=["upper case", "lower case first", "of the scheme", "of all", "secret", "other host"],
)
def test_the_proxy_is_the_one_for_the_url(
    variables: dict[str, str], url: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setenv(monkeypatch, **variables)
    assert str(route_to(httpx.URL(url))) == f"{url} through the proxy {way}"


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("ecg.example", HTTP),
        (".example", HTTP),
        ("*", HTTP),
        ("10.0.0.1", "http://10.0.0.1:8000"),
        ("fd00::1", "http://[fd00::1]:8000"),
        ("[fd00::1]", "http://[fd00::1]:8000"),
    ],
)
def test_some_hosts_need_none(no_proxy: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    setenv(monkeypatch, ALL_PROXY="http://p", NO_PROXY=no_proxy)
    assert str(route_to(httpx.URL(url))) == url


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("value", ["socks5://p", "ftp://p", "http://", "http://p:port"])
def test_a_proxy_that_cannot_be_used_is_named(
    variable: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setenv(monkeypatch, **{variable: value})
    ended = send(HTTP, tmp_path / "a.json")
    assert (ended.exit_code, ended.stdout) == (78, "")
    assert ended.stderr.startswith(f"Error: {variable}: a proxy is ")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
@pytest.mark.parametrize("value", ["/nonexistent/x", "."])
def test_what_tls_cannot_use_is_named(
    variable: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "a.json" if (variable, value) == ("SSL_CERT_DIR", ".") else value
    setenv(monkeypatch, **{variable: value})
    ended = send(HTTPS, tmp_path / "a.json")
    assert (ended.exit_code, ended.stdout) == (78, "")
    assert ended.stderr.startswith(f"Error: {variable}: ")


def test_certificates_that_are_none_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setenv(monkeypatch, SSL_CERT_FILE="a.json")
    assert send(HTTPS, tmp_path / "a.json").stderr.startswith("Error: SSL_CERT_FILE: ")
    setenv(monkeypatch, HTTP_PROXY="https://p")
    with pytest.raises(BadSettings, match=r"^SSL_CERT_FILE: "):
        route_to(httpx.URL(HTTP)).client(AUTH, jobs=1)


async def test_without_tls_nothing_of_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    setenv(monkeypatch, SSL_CERT_FILE="/nonexistent", SSLKEYLOGFILE="/nonexistent/x")
    for variable in ("HTTPS_PROXY", "HTTP_PROXY"):
        async with route_to(httpx.URL(HTTP)).client(AUTH, jobs=1) as client:
            assert client.base_url == HTTP
        setenv(monkeypatch, **{variable: "http://p"})


@pytest.mark.parametrize("url", [HTTP, HTTPS])
def test_a_dead_proxy_is_named_and_its_secret_is_not(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = f"127.0.0.1:{free_port()}"
    setenv(monkeypatch, ALL_PROXY=f"http://me:secret@{proxy}")
    ended = send(url.replace("//", "//bob:secret@"), tmp_path / "a.json")
    assert ended.exit_code == 69
    through = f"{url} through the proxy http://{proxy} (ALL_PROXY)"
    assert ended.stderr.startswith(f"Error: no answer from {through}: no connection (")
    assert "secret" not in ended.stderr
