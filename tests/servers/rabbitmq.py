"""A RabbitMQ server of the tests' own, with its own register of names (epmd)."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import amqp  # pyright: ignore[reportMissingTypeStubs]

from tests.processes import eventually, free_port
from tests.servers.authority import Certificate
from tests.servers.process import (
    Process,
    folder_of_nobody,
    give,
    is_open,
    program,
    run,
)

_amqp: Any = amqp
FOLDER = "/usr/lib/rabbitmq/bin"
"""Where Debian has the scripts that take the user they are started by."""
STRANGE_HOST = "127.0.0.2"
"""It listens there too, though its certificate is for another host."""


def rabbitmq_program(name: str) -> str:
    return program(name, FOLDER, package="rabbitmq-server")


@dataclass
class OwnRabbitMQ:
    """A server in a folder, that keeps what it confirms."""

    folder: Path
    port: int
    tls_port: int
    env: dict[str, str]
    process: Process = field(default_factory=Process)

    @classmethod
    def made(cls, folder: Path, certificate: Certificate | None = None) -> "OwnRabbitMQ":
        """Make an empty server; with a certificate it offers TLS too."""
        port, tls_port, names = free_port(), free_port(), free_port()
        settings = ["log.console = true", "log.console.level = warning"]
        if certificate:
            paths = {"cacertfile": certificate.authority, "certfile": certificate.chain}
            paths["keyfile"] = certificate.key
            hosts = enumerate(("127.0.0.1", STRANGE_HOST))
            settings += [f"listeners.ssl.{n + 1} = {host}:{tls_port}" for n, host in hosts]
            for name, path in paths.items():
                copy = folder / name
                copy.write_bytes(path.read_bytes())
                give(copy)
                settings.append(f"ssl_options.{name} = {copy}")
        (folder / "rabbit.conf").write_text("\n".join(settings) + "\n")
        env = {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": names,
            "RABBITMQ_CONFIG_FILE": folder / "rabbit",
            "RABBITMQ_CONF_ENV_FILE": folder / "none",
            "RABBITMQ_DIST_PORT": free_port(),
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_FEATURE_FLAGS_FILE": folder / "flags",
            "RABBITMQ_LOG_BASE": folder / "logs",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_MNESIA_BASE": folder / "kept",
            "RABBITMQ_NODENAME": "ecg@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": port,
            "RABBITMQ_PLUGINS_EXPAND_DIR": folder / "expanded",
        }
        return cls(folder, port, tls_port, {name: str(value) for name, value in env.items()})

    @property
    def url(self) -> str:
        return f"amqp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it with what it kept, and wait until it listens."""
        self.process.start([rabbitmq_program("rabbitmq-server")], self.folder, self.env)
        eventually(lambda: is_open(self.port))

    def limit_memory(self, part: str) -> None:
        """Set which part of the machine's memory it may use; with next to none it raises an alarm.

        Then it reads nothing more from those who publish.
        """
        self._control("set_vm_memory_high_watermark", part)

    def delete(self, queue: str) -> None:
        with _amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=5) as connection:
            connection.channel().queue_delete(queue)

    def suspend(self, queue: str) -> None:
        """Let the queue be there and answer nothing any more."""
        self._control("eval", f'sys:suspend(list_to_atom("%2F_{queue}")).')

    def _control(self, *command: str) -> None:
        control = [rabbitmq_program("rabbitmqctl"), "--node", "ecg@localhost", *command]
        run(control, self.folder, **self.env)


@contextmanager
def own_rabbitmq(certificate: Certificate | None = None) -> Generator[OwnRabbitMQ]:
    """Run a server at a free port until the block ends."""
    names = Process()
    with folder_of_nobody() as folder:
        server = OwnRabbitMQ.made(folder, certificate)
        port = server.env["ERL_EPMD_PORT"]
        epmd = program("epmd", package="erlang-base")
        names.start([epmd, "-address", "127.0.0.1", "-port", port], folder, {})
        try:
            server.start()
            yield server
        finally:
            server.process.kill()
            names.kill()
