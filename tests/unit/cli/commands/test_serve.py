import errno
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner

from ecg_service.actors import RestartLimitExceeded
from ecg_service.bootstrap import server
from ecg_service.bootstrap.server import url_of
from ecg_service.cli import main
from ecg_service.cli.commands.serve import listen
from ecg_service.settings import Settings


def test_a_pool_that_fails_too_often_exits_with_70(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def failing(_: Settings, __: None, ___: None) -> AsyncGenerator[None]:
        raise ExceptionGroup("pool", [RestartLimitExceeded("4 failures within 5.0 s")])
        yield

    monkeypatch.setattr(server, "running_services", failing)
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--database-url", "memory://"])
    assert result.exit_code == 70
    assert result.stderr.endswith("Error: 4 failures within 5.0 s\n")


def test_the_url_is_where_the_socket_is() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}"


def test_the_url_of_an_ipv6_address_has_brackets() -> None:
    with listen("::1", 0) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://[::1]:{port}"


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert result.exit_code == 69
    assert result.stderr == (
        f"Error: cannot listen at 127.0.0.1 port {port}: Address already in use;"
        " name another with --port or ECG_PORT, where 0 takes a free one\n"
    )


def test_a_port_that_takes_a_right_is_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(host: str, port: int) -> None:
        raise PermissionError(errno.EACCES, f"Permission denied (while binding {host}:{port})")

    monkeypatch.setattr(server, "bind", forbidden)
    result = CliRunner().invoke(main, ["serve", "--port", "80"])
    assert result.exit_code == 69
    assert result.stderr == (
        "Error: cannot listen at 127.0.0.1 port 80: Permission denied;"
        " one below 1024 takes CAP_NET_BIND_SERVICE: name a higher one with --port or ECG_PORT\n"
    )


@pytest.mark.parametrize(
    ("host", "reason"),
    [("192.0.2.1", "Cannot assign requested address"), ("ward.invalid", "[A-Z][a-z ]+")],
)
def test_an_address_of_another_machine_is_told_with_its_option(host: str, reason: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--host", host, "--plain-http", "--port", "0"])
    assert result.exit_code == 69
    assert re.fullmatch(
        f"Error: cannot listen at {host} port 0: {reason};"
        " name an address of this machine with --host or ECG_HOST\n",
        result.stderr,
    )
