"""Load by wrk: a closed loop of keep-alive connections on a core of their own."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import click

from benchmarks.servers import URL, USER, pin

CREDENTIALS = base64.b64encode(":".join(USER).encode()).decode()
SCRIPT = """
local file = io.open("{body}", "rb")
wrk.method, wrk.path, wrk.body = "POST", "{path}", file:read("*a")
file:close()
wrk.headers["Content-Type"] = "{media_type}"
wrk.headers["Authorization"] = "Basic {credentials}"
"""


def require_wrk() -> str:
    """Return where wrk is, or say how to get it."""
    found = shutil.which("wrk")
    if found is None:
        msg = "this benchmark needs wrk: apt-get install wrk, or brew install wrk"
        raise click.ClickException(msg)
    return found


def requests_per_second(
    folder: Path,
    body: bytes,
    *,
    connections: int,
    seconds: int,
    cpu: int,
    path: str = "/ecg",
    media_type: str = "application/json",
) -> float:
    """POST the body for some seconds; raises if any answer is not a success."""
    script, content = folder / "post.lua", folder / "body.json"
    content.write_bytes(body)
    script.write_text(
        SCRIPT.format(body=content, credentials=CREDENTIALS, path=path, media_type=media_type)
    )
    return _run("-s", str(script), URL, connections=connections, seconds=seconds, cpu=cpu)


def reads_per_second(path: str, *, connections: int, seconds: int, cpu: int) -> float:
    """GET the path for some seconds; raises if any answer is not a success."""
    header = f"Authorization: Basic {CREDENTIALS}"
    return _run("-H", header, URL + path, connections=connections, seconds=seconds, cpu=cpu)


def _run(*arguments: str, connections: int, seconds: int, cpu: int) -> float:
    command = [require_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", *arguments]
    load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    pin(load.pid, cpu)
    output, _ = load.communicate()
    if load.returncode or "Non-2xx" in output or "Socket errors" in output:
        raise click.ClickException(f"not every request succeeded:\n{output}")
    return float(_figure(r"Requests/sec:\s+([\d.]+)", output))


def _figure(pattern: str, output: str) -> str:
    found = re.search(pattern, output)
    if found is None:
        raise click.ClickException(f"wrk printed no figure:\n{output}")
    return found[1]
