"""The candidates in Rust: `benchmarks/rust/core/` reads and packs the same ECGs in its own process."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.core.measure import Timing
from benchmarks.workloads import bodies

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "target" / "peers"
BUILD = (
    *("cargo", "build", "--quiet", "--release", "--locked"),
    *("--manifest-path", str(ROOT / "benchmarks" / "rust" / "core" / "Cargo.toml")),
    *("--target-dir", str(TARGET)),
)


def measure(rounds: int) -> list[Timing]:
    """Build it, which takes a minute the first time, and run it."""
    subprocess.run(BUILD, check=True)
    with TemporaryDirectory() as folder:
        arguments: list[str] = []
        for name, text in bodies().items():
            file = Path(folder, f"{name}.json")
            file.write_bytes(text)
            arguments += [name, str(file)]
        command = [str(TARGET / "release" / "peers"), str(rounds), *arguments]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return [msgspec.json.decode(line, type=Timing) for line in output.splitlines()]
