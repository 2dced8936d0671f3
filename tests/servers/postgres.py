"""A PostgreSQL server of the tests' own."""

import os
import secrets
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import execute
from tests.processes import eventually, free_port
from tests.servers.authority import Certificate
from tests.servers.process import Process, folder_of_nobody, give, program, run

FOLDERS = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1]]
"""Where Debian has what only a server needs."""


def postgres_program(name: str) -> str:
    return program(name, *FOLDERS, package="postgresql")


@dataclass
class OwnPostgres:
    """A server in a folder, that saves what it commits."""

    folder: Path
    port: int
    process: Process = field(default_factory=Process)

    @classmethod
    def made(cls, folder: Path, certificate: Certificate | None = None) -> "OwnPostgres":
        """Make an empty server; with a certificate it offers TLS."""
        options = ("-U", "postgres", "-A", "trust", "--no-sync", "--data-checksums")
        data = folder / "data"
        run(
            [postgres_program("initdb"), "-D", str(data), *options, "--no-locale", "-E", "UTF8"],
            folder,
        )
        with (data / "postgresql.conf").open("a") as conf:
            conf.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
            if certificate:
                for name, path in (("cert", certificate.chain), ("key", certificate.key)):
                    copy = data / f"server.{name}"
                    copy.write_bytes(path.read_bytes())
                    copy.chmod(0o600)
                    give(copy)
                    conf.write(f"ssl = on\nssl_{name}_file = '{copy}'\n")
        return cls(folder, free_port())

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it with what it holds, and wait until it answers."""
        command = [
            postgres_program("postgres"),
            "-D",
            str(self.folder / "data"),
            "-p",
            str(self.port),
        ]
        self.process.start(command, self.folder, {})
        eventually(self._answers)

    def _answers(self) -> bool:
        ready = [postgres_program("pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode == 0

    def stop_at_once(self) -> None:
        """Stop it as `pg_ctl stop -m immediate` does: it recovers at its next start."""
        self.process.stop(signal.SIGQUIT)

    def kill_one(self) -> bool:
        """Kill a process that does something for a client, if there is one.

        The server then ends all sessions, and recovers.
        """
        for pid in self.process.pids():
            with suppress(OSError):
                title = Path(f"/proc/{pid}/cmdline").read_text()
                if "127.0.0.1(" in title and not title.rstrip("\0 ").endswith(") idle"):
                    os.kill(pid, signal.SIGKILL)
                    return True
        return False

    @contextmanager
    def database(self) -> Generator[str]:
        """Yield the URL of a new, empty database."""
        name = f"chaos_{secrets.token_hex(8)}"
        execute(f"CREATE DATABASE {name}", url=self.url)
        yield f"{self.url.removesuffix('postgres')}{name}?sslmode=disable"


@contextmanager
def own_postgres(certificate: Certificate | None = None) -> Generator[OwnPostgres]:
    """Run a server at a free port until the block ends."""
    with folder_of_nobody() as folder:
        server = OwnPostgres.made(folder, certificate)
        server.start()
        try:
            yield server
        finally:
            server.process.kill()
