"""Instructions that kernels take, counted by valgrind: the same in every run, unlike seconds."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.workloads import body

KERNELS = (
    *("parse", "lift", "pack", "unpack", "unpack_json", "to_json"),
    *("count_i16", "count_i32", "count_i64", "count_f64"),
    *("except_i16", "except_i64", "except_f64", "gaps_i32"),
)
"""The functions of `mod kernel` in ecg_core/benches/instructions.rs."""
SCOPE = "instructions::kernel::"
BUILD = (
    *("cargo", "bench", "--quiet", "--locked", "--package", "ecg_core"),
    *("--bench", "instructions", "--no-run", "--message-format", "json"),
)
VALGRIND = (
    *("valgrind", "--tool=callgrind", "--quiet", "--collect-atstart=no"),
    *(f"--toggle-collect={SCOPE}*", *(f"--dump-after={SCOPE}{kernel}" for kernel in KERNELS)),
    *("--compress-strings=no", "--compress-pos=no"),
)


def build() -> str:
    """Return the path of the program, whose functions keep their names for valgrind."""
    environment = os.environ | {"CARGO_PROFILE_BENCH_STRIP": "false"}
    output = subprocess.run(BUILD, check=True, env=environment, stdout=subprocess.PIPE).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(found for message in messages if (found := message.get("executable")))


def count(program: str, isa: str) -> dict[str, int]:
    """Return the instructions of each kernel on an ECG of 12 x 5,000 samples."""
    if shutil.which("valgrind") is None:
        raise click.ClickException("valgrind is not installed")
    with TemporaryDirectory() as folder:
        document, dumps = Path(folder, "body.json"), Path(folder, "dump")
        document.write_bytes(body(5_000))
        command = [*VALGRIND, f"--callgrind-out-file={dumps}", program, str(document)]
        subprocess.run(command, check=True, env=os.environ | {"ECG_CORE_ISA": isa})
        return _kernels([file.read_text() for file in _in_order(dumps)], program)


def _in_order(dumps: Path) -> list[Path]:
    """Each call of a kernel is a dump with a number; the last has none and tells what is left."""
    found = [file for file in dumps.parent.glob("dump*") if file.suffix]
    return [*sorted(found, key=lambda file: int(file.suffix[1:])), dumps]


def _kernels(dumps: list[str], program: str) -> dict[str, int]:
    """Every kernel was called more than once; the last call counts, since nothing is new to it."""
    *calls, left = dumps
    counts = {_kernel(call): instructions(call, program) for call in calls}
    if counts.keys() != set(KERNELS) or instructions(left, program):
        raise click.ClickException(f"the kernels are {sorted(counts)}, or some have other names")
    return counts


def _kernel(dump: str) -> str:
    trigger = next(line for line in dump.splitlines() if line.startswith("desc: Trigger"))
    return trigger.rpartition("::")[2]


def instructions(dump: str, program: str) -> int:
    """Sum what was executed in the program itself: libc chooses its functions by the machine."""
    return sum(cost for owner, cost in _costs(dump) if owner == program)


def _costs(dump: str) -> Iterator[tuple[str, int]]:
    """Give each line's object and cost; the line after `calls=` repeats what the callee took."""
    owner, repeated = "", False
    for line in dump.splitlines():
        if line.startswith("ob="):
            owner = line.removeprefix("ob=")
        elif line[:1].isdigit() and not repeated:
            yield owner, int(line.split()[1])
        repeated = line.startswith("calls=")
