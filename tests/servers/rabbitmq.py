"""A RabbitMQ server of the tests' own, with its own register of names (epmd)."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

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

FOLDER = "/usr/lib/rabbitmq/bin"
"""Where Debian has the scripts that take the user they are started by."""
LIMIT = "vm_memory_monitor:set_vm_memory_high_watermark({})."


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
            settings.append(f"listeners.ssl.1 = 127.0.0.1:{tls_port}")
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

    def eval(self, expression: str) -> None:
        """Let the server run some Erlang."""
        control = [rabbitmq_program("rabbitmqctl"), "--node", "ecg@localhost", "eval", expression]
        run(control, self.folder, **self.env)

    @contextmanager
    def without_memory(self) -> Generator[None]:
        """Raise its alarm: it reads nothing more from those who publish."""
        self.eval(LIMIT.format("0.00001"))
        try:
            yield
        finally:
            self.eval(LIMIT.format("0.4"))


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
            names.stop(signal.SIGTERM)
