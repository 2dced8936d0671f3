"""The demo shows true numbers, and leaves nothing behind."""

import json
import shlex
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import httpx
import pytest

from ecg_service.cli.demo.example import example_ecg
from tests.processes import PATIENCE, free_port, running


@contextmanager
def demo(folder: Path, *options: str, **env: str) -> Generator[subprocess.Popen[str]]:
    """Run the demo with this folder for temporary files."""
    with running(folder, "demo", *options, TMPDIR=str(folder), **env) as process:
        yield process


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `ecg demo --once` prints, without a terminal."""
    folder = tmp_path_factory.mktemp("demo")
    with demo(folder, "--once", ECG_DATABASE_URL="nonsense", ECG_MAX_BODY_BYTES="1") as process:
        stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stderr) == (0, "")
    assert list(folder.iterdir()) == []
    return stdout


def table(printed: str) -> list[list[str]]:
    return [line.split() for line in printed.splitlines()[3:15]]


def leads() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(example_ecg())["leads"]
    return found


def crossings(signal: list[int]) -> int:
    """Count changes of sign between consecutive non-zero samples."""
    signs = [sample > 0 for sample in signal if sample != 0]
    return sum(a != b for a, b in pairwise(signs))


def test_the_counts_are_right(once: str) -> None:
    shown = [(row[0].lower(), int(row[1]), int(row[2])) for row in table(once)]
    assert shown == [(lead["name"], 10_000, crossings(lead["signal"])) for lead in leads()]
    assert all(count > 0 for _, _, count in shown)


def test_the_statistics_are_right(once: str) -> None:
    for row, lead in zip(table(once), leads(), strict=True):
        volts = [sample / lead["gain"] for sample in lead["signal"]]
        mean = sum(volts) / len(volts)
        rms = sqrt(sum(volt * volt for volt in volts) / len(volts))
        expected = (min(volts), max(volts), mean, rms)
        assert [float(cell) for cell in row[3:]] == pytest.approx(expected, abs=0.000_51)


def test_the_source_is_named(once: str) -> None:
    assert "PTB Diagnostic ECG Database" in once
    assert "ODC-By 1.0" in once


def test_there_are_no_colours_without_a_terminal(once: str) -> None:
    assert "\x1b" not in once


def test_it_goes_on_until_ctrl_c(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", "0") as process:
        assert process.stdout
        assert process.stderr
        line = next(line for line in process.stdout if line.strip().startswith("curl"))
        assert list(tmp_path.iterdir()) != []
        _, _, credentials, url = shlex.split(line)
        name, password = credentials.split(":")
        answer = httpx.get(url, auth=(name, password), trust_env=False).json()
        assert answer["zeros"] == "strict"
        assert len(answer["leads"]) == 12
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_it_takes_the_port_it_is_told_to(tmp_path: Path) -> None:
    port = free_port()
    with demo(tmp_path, "--port", str(port)) as process:
        assert process.stdout
        line = next(line for line in process.stdout if line.startswith("Serving at "))
        assert f"http://127.0.0.1:{port} " in line
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_taken_port_ends_it_with_69(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path, "--once", "--port", str(port)) as process:
            _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert "Address already in use" in stderr
    assert list(tmp_path.iterdir()) == []
