"""Load by wrk: a closed loop of keep-alive connections on a core of their own."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.service.servers.processes import LOAD_CPU, pinned
from benchmarks.service.servers.running import AUTHORIZATION, Running

SCRIPT = """
local body = {body}
if body then
  local file = io.open(body, "rb")
  wrk.method, wrk.body = "POST", file:read("*a")
  file:close()
end
wrk.path = "{path}"
{headers}
{delay}
function done(summary, latency)
  local errors = {{}}
  for kind, number in pairs(summary.errors) do
    if number > 0 then table.insert(errors, number .. " x " .. kind) end
  end
  print(string.format('{{"requests": %d, "seconds": %f, "errors": "%s", "p99": %f}}',
    summary.requests, summary.duration / 1e6, table.concat(errors, ", "), latency:percentile(99) / 1e6))
end
"""
DELAY = "function delay() return math.floor(-math.log(1 - math.random()) * {mean} + 0.5) end"


@dataclass(frozen=True, slots=True)
class Request:
    """What to send again and again: a GET, or a POST of `items` ECGs."""

    path: str = "/ecg"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    items: int = 1
    connections: int = 32


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered in how many seconds; `p99` of the requests, in seconds."""

    requests: int
    seconds: float
    p99: float


def require_wrk() -> None:
    """Say how to get wrk if it is not there."""
    if shutil.which("wrk") is None:
        msg = "this benchmark needs wrk: apt-get install wrk, or brew install wrk"
        raise click.ClickException(msg)


def load(
    server: Running,
    request: Request,
    seconds: int,
    *,
    pause: float = 0,
    cpus: AbstractSet[int] = frozenset({LOAD_CPU}),
) -> Load:
    """Send for some seconds; each connection pauses between its requests, `pause` on average.

    Raises if any answer is not a success.
    """
    with TemporaryDirectory(prefix="ecg-bench-") as name:
        script = _script(Path(name), request, pause)
        with pinned(cpus):
            found = _run(server, script, request.connections, seconds)
    errors = found.pop("errors") if found["requests"] else f"no answer within {seconds} s"
    if errors:
        raise click.ClickException(f"{request.path}: {errors}")
    return Load(**found)


def _script(folder: Path, request: Request, pause: float) -> Path:
    script, content = folder / "load.lua", folder / "body"
    if request.body is not None:
        content.write_bytes(request.body)
    headers = {"Authorization": AUTHORIZATION, **request.headers}
    lines = (f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
    text = SCRIPT.format(
        body="nil" if request.body is None else f'"{content}"',
        path=request.path,
        headers="\n".join(lines),
        delay=DELAY.format(mean=1000 * pause) if pause else "",
    )
    script.write_text(text)
    return script


def _run(server: Running, script: Path, connections: int, seconds: int) -> dict[str, Any]:
    options = ("-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "--latency")
    ended = subprocess.run(
        ["wrk", *options, "-s", str(script), server.url],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise click.ClickException(f"wrk failed:\n{ended.stdout}")
    return json.loads(ended.stdout.splitlines()[-1])
