"""Every set of instructions gives the same results; `ECG_CORE_ISA` chooses one.

The kernels themselves are compared byte by byte in Rust (`json/kernel_tests.rs`, and the `mod.rs` of each folder of kernels).
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import ecg_core._ecg_core as core

NAMES = ("scalar", "neon", "avx2", "avx512")
FLAGS = {"avx512_vbmi2": "avx512", "avx2": "avx2", "asimd": "neon"}  # of /proc/cpuinfo, best first
MATRIX = Path(__file__).with_name("matrix.py").read_text()
CHOSEN: str = vars(core)["_isa"]

# Prints which kernels ran and a hash of everything that they produced.
SCRIPT = """
import hashlib, random
from array import array
import ecg_core

dice, digest = random.Random(7), hashlib.sha256()
for n in range(400):
    limit = 10 ** dice.randint(1, 10)
    samples = [dice.randrange(-limit, limit) * dice.randint(0, 1) for _ in range(dice.randrange(300))]
    text = dice.choice([",", ", ", " ,\\n"]).join(map(str, samples))
    body = bytearray(b'{"a":[{"signal":[%s]},{"signal":[%s]}]}' % (text.encode(), text.encode()))
    if n % 2:
        body[dice.randrange(len(body))] = dice.randrange(256)
    [found] = ecg_core.read_batch([bytes(body)])
    if isinstance(found, ecg_core.Reading):
        seen = found.skeleton, found.blob, [s.to_json() for s in found.signals]
    else:
        seen = found.code, found.offset, found.pointer
    small = array("h", [sample % 7 - 3 for sample in samples])
    counts = [
        (ecg_core.count_zero_crossings(chunk, zeros=zeros), ecg_core.zero_crossings(chunk).tolist())
        for zeros in ("neutral", "positive", "negative", "distinct", "strict")
        for chunk in (small, array("i", small), array("d", small))
    ]
    digest.update(repr((seen, counts)).encode())
print(ecg_core._ecg_core._isa, digest.hexdigest())
"""

# Has the processor take denormals for zeros, as torch.set_flush_denormal(True) does, and counts some.
FLUSHING = """
import ctypes, platform
from array import array
from sys import float_info
import ecg_core
import numpy

denormals = array("d", [5e-324, -5e-324] * 30)
neighbours = array("d", [float_info.min, float_info.min + 5e-324] * 30)
narrow = array("f", [1e-45, -1e-45] * 30)
halves = numpy.array([1, 0x8001] * 30, "uint16").view("float16")
word, flag = {"x86_64": (7, 0x8040), "aarch64": (0, 1 << 24)}[platform.machine()]
modes, libm = (ctypes.c_uint32 * 8)(), ctypes.CDLL("libm.so.6")
libm.fegetenv(modes)
modes[word] |= flag
libm.fesetenv(modes)
print(
    denormals[0] == 0,
    ecg_core.count_zero_crossings(denormals),
    ecg_core.count_zero_crossings(neighbours, baseline=float_info.min, zeros="distinct"),
    ecg_core.count_zero_crossings(narrow),
    ecg_core.count_zero_crossings(halves, baseline=numpy.float16(0)),
)
"""


def run(isa: str, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ECG_CORE_ISA": isa}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_environment_chooses() -> None:
    assert os.environ.get("ECG_CORE_ISA", CHOSEN) == CHOSEN
    assert CHOSEN in NAMES


def available() -> list[str]:
    refused = run("?", "import ecg_core").stderr
    return [name for name in NAMES if name in refused.rpartition("ImportError: ")[2]]


def test_all_give_the_same() -> None:
    outputs = [run(isa, SCRIPT) for isa in available()]
    assert [output.stderr for output in outputs] == [""] * len(outputs)
    ran, digests = zip(*(output.stdout.split() for output in outputs), strict=True)
    assert list(ran) == available()
    assert len(set(digests)) == 1


def test_each_counts_as_the_reference() -> None:
    """Every type of sample in every layout by every rule, with gaps; and parts merged in any grouping."""
    outputs = [run(isa, MATRIX) for isa in available()]
    assert [output.stderr for output in outputs] == [""] * len(outputs)
    assert [output.stdout for output in outputs] == [f"{isa} 20160\n" for isa in available()]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc's fenv_t")
def test_denormals_have_signs_even_where_the_processor_takes_them_for_zeros() -> None:
    outputs = [run(isa, FLUSHING) for isa in available()]
    assert {(output.stdout, output.stderr) for output in outputs} == {("True 59 59 59 59\n", "")}


@pytest.mark.parametrize("name", ["mmx", " ", "AVX2"])
def test_what_is_not_there_fails_the_import(name: str) -> None:
    outcome = run(name, "import ecg_core")
    assert outcome.returncode != 0
    assert "ImportError: ECG_CORE_ISA must be one of scalar" in outcome.stderr
    assert f'got "{name}"' in outcome.stderr


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="needs /proc/cpuinfo")
def test_the_best_is_the_default() -> None:
    script = "import ecg_core; print(ecg_core._ecg_core._isa)"
    empty = run("", script)
    environment = {name: value for name, value in os.environ.items() if name != "ECG_CORE_ISA"}
    outcome = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    flags = Path("/proc/cpuinfo").read_text().split()
    best = next((isa for flag, isa in FLAGS.items() if flag in flags), "scalar")
    assert outcome.stdout.strip() == empty.stdout.strip() == best == available()[-1]
