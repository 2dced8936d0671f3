"""The commands as a script meets them: real processes, their exit codes and what they print."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.processes import COMMAND, PATIENCE, environment, free_port, running

PASSWORD = "correct horse"
ECG = '{"leads": [{"name": "I", "signal": [1, -1, 2, 0, -3]}]}'


@dataclass(frozen=True)
class Ended:
    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Shell:
    """Runs commands in one folder, so on one database."""

    folder: Path

    def ecg(self, *arguments: str, given: str = "", **env: str) -> Ended:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environment(**env),
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def add_user(self, name: str, *options: str) -> None:
        ended = self.ecg("users", "add", name, "--password-file", "-", *options, given=PASSWORD)
        assert ended.code == 0, ended.stderr

    def send(self, url: str, *files: str, given: str = "", **env: str) -> Ended:
        env = {"ECG_USERNAME": "bob", "ECG_PASSWORD": PASSWORD, **env}
        return self.ecg("send", "--url", url, "--retries", "0", *files, given=given, **env)

    def write(self, name: str, content: str = ECG) -> str:
        (self.folder / name).write_text(content)
        return name


SERVE = (*COMMAND, "serve", "--port", "0")
SERVE_WITH_A_FAULT = """
from ecg_service.cli import main
from ecg_service.services.ingest.actor import IngestActor

async def fail(self, batch):
    raise RuntimeError("a fault")

IngestActor.handle = fail
main(["serve", "--port", "0"])
"""


def with_id(name: str) -> str:
    return ECG.replace("{", f'{{"id": "{name}", ', 1)


@contextmanager
def started(
    folder: Path, *options: str, command: Sequence[str] = SERVE, **env: str
) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port until the block ends; the process and its URL."""
    with running(folder, *options, command=command, **env) as process:
        assert process.stderr
        line = next(line for line in process.stderr if " serving at " in line)
        yield process, line.split()[-1]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that knows the user bob and the admin root."""
    shell = Shell(tmp_path_factory.mktemp("registered"))
    shell.add_user("bob")
    shell.add_user("root", "--admin")
    return shell.folder / "ecg.db"


@pytest.fixture
def acquainted(shell: Shell, registered: Path) -> Shell:
    """A shell whose database knows bob and root."""
    shutil.copy(registered, shell.folder)
    return shell


@pytest.fixture
def service(acquainted: Shell) -> Generator[str]:
    """A running service that knows bob and root."""
    with started(acquainted.folder) as (_, url):
        yield url


@pytest.fixture(scope="module")
def shared_service(registered: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A service for several tests, which knows bob and root."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copy(registered, folder)
    with started(folder) as (_, url):
        yield url


def get(url: str, path: str, name: str, password: str = PASSWORD) -> httpx.Response:
    with httpx.Client(base_url=url, trust_env=False) as client:
        return client.get(path, auth=(name, password))


def post(url: str, ecg: str) -> httpx.Response:
    with httpx.Client(base_url=url, trust_env=False) as client:
        headers = {"Content-Type": "application/json"}
        return client.post("/ecg", auth=("bob", PASSWORD), content=ecg, headers=headers)


def becomes(status: int, url: str, name: str, password: str = PASSWORD) -> None:
    """Wait until the service answers this user so."""
    deadline = time.monotonic() + PATIENCE
    while get(url, "/users/me", name, password).status_code != status:
        assert time.monotonic() < deadline
        time.sleep(0.05)


class TestServe:
    @pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=lambda sign: sign.name)
    def test_a_signal_ends_it_with_0(self, sign: signal.Signals, tmp_path: Path) -> None:
        with started(tmp_path) as (process, url):
            assert get(url, "/health/ready", "anybody").status_code == 200
            process.send_signal(sign)
            assert process.wait(PATIENCE) == 0
            assert process.stderr
            events = [line.split(": ")[-1].strip() for line in process.stderr]
        assert events == ["draining", "stopped"]

    def test_a_pool_that_fails_too_often_ends_it_with_70(self, acquainted: Shell) -> None:
        with started(acquainted.folder, command=(sys.executable, "-c", SERVE_WITH_A_FAULT)) as (
            process,
            url,
        ):
            for _ in range(4):
                with suppress(httpx.TransportError):  # the last one may get no answer
                    assert post(url, ECG).status_code == 500
            assert process.wait(PATIENCE) == 70
            assert process.stderr
            *_, last = process.stderr
        assert last.startswith("Error: 4 failures within ")

    def test_the_environment_is_heeded(self, tmp_path: Path) -> None:
        with started(tmp_path, ECG_DATABASE_URL="sqlite:///mine.db"):
            assert (tmp_path / "mine.db").exists()

    def test_the_file_is_heeded(self, tmp_path: Path) -> None:
        (tmp_path / "ecg.toml").write_text("[store]\ndatabase_url = 'sqlite:///filed.db'\n")
        with started(tmp_path):
            assert (tmp_path / "filed.db").exists()

    def test_all_wrong_settings_end_it_with_78(self, shell: Shell) -> None:
        shell.write("ecg.toml", "[server]\nprot = 80\n")
        ended = shell.ecg("serve", "--database-url", "postgres://x", ECG_PROT="80")
        assert ended.code == 78
        assert ended.stderr.splitlines() == [
            "Error: ecg.toml:2: [server] prot: no such setting; the nearest is port",
            "ECG_PROT: no such variable; the nearest is ECG_PORT",
            "--database-url: 'postgres://x' is neither sqlite:///PATH nor postgresql://USER@HOST/NAME nor memory://: write postgresql://",
        ]
        assert [path.name for path in shell.folder.iterdir()] == ["ecg.toml"]

    def test_options_win(self, tmp_path: Path) -> None:
        options = ("--database-url", "sqlite:///option.db", "--host", "127.0.0.1")
        with started(tmp_path, *options, ECG_DATABASE_URL="sqlite:///env.db", ECG_HOST="x.invalid"):
            assert (tmp_path / "option.db").exists()
            assert not (tmp_path / "env.db").exists()

    def test_the_admin_of_the_settings_can_sign_in(self, tmp_path: Path) -> None:
        with started(tmp_path, ECG_ADMIN_PASSWORD=PASSWORD) as (_, url):
            assert get(url, "/users", "admin").status_code == 200

    def test_a_taken_port_ends_it_with_69(self, shell: Shell) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            ended = shell.ecg("serve", "--port", port)
        assert ended.code == 69
        assert ended.stderr == (
            f"Error: cannot listen at 127.0.0.1 port {port}: Address already in use;"
            " name another with --port or ECG_PORT, where 0 takes a free one\n"
        )
        assert list(shell.folder.iterdir()) == []

    def test_a_database_of_another_service_ends_it_with_69(
        self, shell: Shell, service: str
    ) -> None:
        ended = shell.ecg("serve", "--port", "0")
        assert ended.code == 69
        assert "ecg.db is in use by a running service" in ended.stderr

    def test_a_file_that_is_no_database_ends_it_with_69(self, shell: Shell) -> None:
        shell.write("ecg.db", "x" * 10_000)
        ended = shell.ecg("serve", "--port", "0")
        assert ended.code == 69
        assert ended.stderr.endswith("Error: the file is not a database of this service\n")

    def test_a_missing_folder_ends_it_with_69(self, shell: Shell) -> None:
        ended = shell.ecg("serve", "--port", "0", "--database-url", "sqlite:///none/ecg.db")
        assert ended.code == 69
        assert "there is no folder none" in ended.stderr


class TestBesideARunningService:
    def test_users_can_be_changed_beside_a_running_service(
        self, shell: Shell, service: str
    ) -> None:
        assert get(service, "/users/me", "bob").status_code == 200
        shell.add_user("carol")
        becomes(200, service, "carol")
        assert shell.ecg("users", "disable", "bob").code == 0
        becomes(401, service, "bob")
        assert shell.ecg("users", "enable", "bob").code == 0
        becomes(200, service, "bob")
        shell.write("password", "\ufeffbattery staple\r\n")
        assert shell.ecg("users", "reset-password", "bob", "--password-file", "password").code == 0
        becomes(200, service, "bob", "battery staple")
        becomes(401, service, "bob")

    def test_migrate_does_not_disturb_a_running_service(self, shell: Shell, service: str) -> None:
        assert shell.ecg("db", "migrate").stdout == "ecg.db is up to date\n"
        assert shell.send(service, shell.write("a.json")).code == 0

    def test_check_finds_nothing_beside_a_running_service(self, shell: Shell, service: str) -> None:
        assert shell.send(service, shell.write("a.json")).code == 0
        ended = shell.ecg("db", "check")
        assert (ended.code, ended.stdout) == (0, "")
        assert ended.stderr.startswith("ecg.db: no problems; read ")


MISLEADING = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "NO_PROXY": "[::1]",
    "SSL_CERT_FILE": "/nonexistent.pem",
    "SSLKEYLOGFILE": "/nonexistent/x",
}
"""None of these matters on the way to a service on this machine."""


class TestSend:
    @pytest.fixture
    def service(self, shared_service: str) -> str:
        return shared_service

    def test_good_files_are_stored(self, shell: Shell, service: str) -> None:
        files = [shell.write(f"{n}.json") for n in range(20)]
        before = get(service, "/ecg?page_size=100", "bob").json()
        ended = shell.send(service, *files, "--jobs", "3", **MISLEADING)
        assert (ended.code, ended.stderr) == (0, "")
        names, _, row = ended.stdout.split("\n")[1:4]
        assert names.split() == ["sent", "stored", "refused", "failed", "bytes", "ECG/s"]
        assert row.split()[:5] == ["20", "20", "0", "0", str(20 * len(ECG))]
        assert "\x1b" not in ended.stdout
        page = get(service, "/ecg?page_size=100", "bob").json()
        assert len(page["ecgs"]) == len(before["ecgs"]) + 20

    def test_what_is_not_stored_is_named_with_its_reason(self, shell: Shell, service: str) -> None:
        (shell.folder / "folder").mkdir()
        files = [
            shell.write("good.json"),
            shell.write("bad.json", ECG.replace("-1", "1.5")),
            shell.write("junk.json", "junk"),
            shell.write("empty.json", ""),
            "missing.json",
            "folder",
        ]
        ended = shell.send(service, *files, "--jobs", "1")
        assert ended.code == 1
        lines = dict(line.split(": ", 1) for line in ended.stderr.splitlines())
        assert list(lines) == files[1:]
        assert lines["bad.json"].startswith("/leads/0/signal/1: ")
        assert lines["missing.json"] == "No such file or directory"
        assert lines["folder"] == "Is a directory"
        assert ended.stdout.split("\n")[3].split()[:4] == ["6", "1", "3", "2"]

    def test_scripts_read_json(self, shell: Shell, service: str) -> None:
        files = [shell.write("good.json"), shell.write("bad.json", "[]"), "missing.json"]
        ended = shell.send(service, "--json", *files)
        assert ended.code == 1
        found = {item["file"]: item for item in map(json.loads, ended.stdout.splitlines())}
        assert {name: item["status"] for name, item in found.items()} == {
            "good.json": "stored",
            "bad.json": "refused",
            "missing.json": "failed",
        }
        stored = found["good.json"]["ecg_id"]
        assert get(service, f"/ecg/{stored}", "bob").status_code == 200
        assert found["missing.json"]["error"] == "No such file or directory"

    def test_standard_input_is_sent(self, shell: Shell, service: str) -> None:
        ended = shell.send(service, "--json", "-", shell.write("a.json"), given=ECG)
        assert ended.code == 0
        assert {json.loads(line)["file"] for line in ended.stdout.splitlines()} == {"-", "a.json"}

    def test_the_password_may_come_from_a_file(self, shell: Shell, service: str) -> None:
        shell.write("password", f"\ufeff{PASSWORD}\r\n")
        file = shell.write("a.json")
        ended = shell.send(service, file, "--password-file", "password", ECG_PASSWORD="wrong one")
        assert ended.code == 0

    def test_the_same_id_is_stored_once(self, shell: Shell, service: str) -> None:
        file = shell.write("a.json", with_id("mine"))
        first, second = (shell.send(service, "--json", file) for _ in range(2))
        assert first.stdout == second.stdout

    def test_those_with_an_id_go_together(self, shell: Shell, service: str) -> None:
        pretty = json.dumps(json.loads(ECG) | {"id": "pretty"}, indent=2)
        files = [
            shell.write("pretty.json", pretty),
            shell.write("none.json"),
            shell.write("bad.json", with_id("bad").replace("-1", "1.5")),
            *(shell.write(f"{n}.json", with_id(f"together {n}")) for n in range(9)),
        ]
        ended = shell.send(service, "--json", "--batch-items", "4", *files)
        assert ended.code == 1
        assert ended.stderr.startswith("bad.json: /leads/0/signal/1: ")
        found = {item["file"]: item for item in map(json.loads, ended.stdout.splitlines())}
        assert found.keys() == set(files)
        assert [name for name in files if found[name]["status"] != "stored"] == ["bad.json"]
        ecg = get(service, f"/ecg/{found['pretty.json']['ecg_id']}", "bob").json()
        assert ecg["id"] == "pretty"

    def test_a_service_that_is_killed_half_way_gets_the_rest(self, acquainted: Shell) -> None:
        shell = acquainted
        port = str(free_port())
        files = [shell.write(f"{n}.json", with_id(str(n))) for n in range(60)]
        command = ("send", "--url", f"http://127.0.0.1:{port}", "--retries", "8", "--json")
        options = ("--jobs", "1", "--batch-items", "7")
        secrets = {"ECG_USERNAME": "bob", "ECG_PASSWORD": PASSWORD}
        with (
            started(shell.folder, "--port", port) as (serving, _),
            running(shell.folder, *command, *options, *files, **secrets) as sending,
        ):
            assert sending.stdout
            first = sending.stdout.readline()
            serving.kill()
            serving.wait()
            with started(shell.folder, "--port", port) as (_, url):
                lines = [first, *sending.stdout]
                assert sending.wait(PATIENCE) == 0
                page = get(url, "/ecg?page_size=100", "bob").json()
        sent = [json.loads(line)["ecg_id"] for line in lines]
        assert sorted(sent) == sorted(one["ecg_id"] for one in page["ecgs"])
        assert len(sent) == 60

    def test_a_wrong_password_is_told_once(self, shell: Shell, service: str) -> None:
        files = [shell.write(f"{n}.json") for n in range(3)]
        ended = shell.send(service, *files, ECG_PASSWORD="wrong one")
        assert (ended.code, ended.stdout) == (1, "")
        assert ended.stderr == f"Error: {service} answers: Sign in to do this\n"

    def test_an_admin_sends_nothing(self, shell: Shell, service: str) -> None:
        ended = shell.send(service, shell.write("a.json"), ECG_USERNAME="root")
        assert (ended.code, ended.stderr) == (1, "Error: an admin can send no ECGs\n")

    def test_a_service_that_is_down_ends_it_with_69(self, shell: Shell) -> None:
        port = free_port()
        ended = shell.send(f"http://127.0.0.1:{port}", shell.write("a.json"))
        assert (ended.code, ended.stdout) == (69, "")
        assert ended.stderr.startswith(f"Error: no answer from http://127.0.0.1:{port}: ")

    def test_it_waits_for_a_service_that_starts(self, acquainted: Shell) -> None:
        shell = acquainted
        port, file = free_port(), shell.write("a.json")
        command = ("send", "--url", f"http://127.0.0.1:{port}", "--retries", "8", file)
        with (
            running(shell.folder, *command, ECG_USERNAME="bob", ECG_PASSWORD=PASSWORD) as sending,
            started(shell.folder, "--port", str(port)),
        ):
            assert sending.wait(PATIENCE) == 0


@pytest.mark.parametrize("closed", ["<&-", "<&- >&- 2>&-"])
def test_streams_may_be_closed(acquainted: Shell, closed: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "users", "list"]
    subprocess.run(command, cwd=acquainted.folder, env=environment(), timeout=PATIENCE, check=True)
