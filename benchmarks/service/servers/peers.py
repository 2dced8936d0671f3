"""The peers that are built when asked: FastAPI in an environment of its own, and a program in Rust."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
TARGET = ROOT / "target" / "peers"
PLAIN, RUST = TARGET / "plain", TARGET / "service"
REQUIREMENTS = ROOT / "requirements-plain.txt"
MANIFEST = ROOT / "benchmarks" / "rust" / "service" / "Cargo.toml"


def build() -> None:
    """Build both, which takes minutes the first time."""
    if not (PLAIN / "bin" / "python").exists():
        _run("uv", "venv", "--no-project", "--quiet", "--python", sys.executable, str(PLAIN))
    install = ("uv", "pip", "install", "--quiet", "--python", str(PLAIN))
    _run(*install, "--require-hashes", "--requirement", str(REQUIREMENTS))
    compile_it = ("cargo", "build", "--quiet", "--release", "--locked")
    _run(*compile_it, "--manifest-path", str(MANIFEST), "--target-dir", str(RUST))


def plain(_: Path, port: int) -> Sequence[str]:
    python, folder = str(PLAIN / "bin" / "python"), str(Path(__file__).parent)
    quiet = ("--log-level", "warning", "--no-access-log")
    return [python, "-m", "uvicorn", "plain:app", "--app-dir", folder, "--port", str(port), *quiet]


def axum(database: Path, port: int) -> Sequence[str]:
    return [str(RUST / "release" / "peer_service"), str(database), str(port)]


def environment(database: Path, user: str, authorization: str) -> Mapping[str, str]:
    """Return what both read: where to store, and whom to let in."""
    return {
        "PLAIN_DATABASE": str(database),
        "PLAIN_USER": user,
        "AUTHORIZATION": authorization,
    }


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)
