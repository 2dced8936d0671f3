"""A Prometheus of the tests' own, with the configuration and the alerts of `deploy/monitoring`."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.processes import PATIENCE, eventually, free_port
from tests.servers.process import Process, folder_of_nobody, give, program

DEPLOYED = Path(__file__).parents[2] / "deploy" / "monitoring"


@dataclass
class OwnPrometheus:
    """A server in a folder, that asks one service."""

    folder: Path
    port: int
    process: Process = field(default_factory=Process)

    @classmethod
    def made(cls, folder: Path, service: str, token: str, every: str) -> "OwnPrometheus":
        """Make one that asks the service, HOST:PORT, with the token."""
        text = (DEPLOYED / "prometheus.yml").read_text()
        assert text.count("127.0.0.1:8000") == 1
        text = text.replace("127.0.0.1:8000", service).replace("15s", every)
        alerts = (DEPLOYED / "alerts.yml").read_text()
        for name, content in (
            ("prometheus.yml", text),
            ("alerts.yml", alerts),
            ("metrics_token", token),
        ):
            (folder / name).write_text(content)
            give(folder / name)
        return cls(folder, free_port())

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {
            "config.file": self.folder / "prometheus.yml",
            "storage.tsdb.path": self.folder / "data",
            "web.listen-address": f"127.0.0.1:{self.port}",
            "log.level": "warn",
        }
        command = [program("prometheus", package="prometheus")]
        command += [f"--{name}={value}" for name, value in options.items()]
        self.process.start(command, self.folder, {})
        eventually(self._answers)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            url = f"http://127.0.0.1:{self.port}/-/ready"
            return httpx.get(url, trust_env=False).is_success
        return False

    async def ask(self, path: str, **query: str | float) -> Any:
        """Return the data of an answer of its API."""
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
            answer = (await client.get(url, params=query)).json()
        assert answer["status"] == "success", (query, answer)
        return answer["data"]


@contextmanager
def own_prometheus(service: str, token: str, every: str) -> Generator[OwnPrometheus]:
    """Let a server ask a service so often, such as `1s`, until the block ends."""
    with folder_of_nobody() as folder:
        server = OwnPrometheus.made(folder, service, token, every)
        server.start()
        try:
            yield server
        finally:
            server.process.kill()
