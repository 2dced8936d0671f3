"""Reading takes the memory of the samples and a fifth of it, in a real process; where it ends, there is a MemoryError.

`ecg_core/tests/memory.rs` does both byte by byte, for the Rust half.
"""

import subprocess
import sys
from pathlib import Path

import pytest

import ecg_core

# Prints by how much the resident memory grew at most, the bytes of the samples and of their blob.
SCRIPT = """
from array import array
from pathlib import Path
from types import SimpleNamespace
from ecg_core import Signal, lift_signals, pack, parse_signal, read_batch, unpack

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))

SAMPLES = 4_000_000
signal = Signal(array("i", [n * n % 1999 - 999 for n in range(4000)]) * (SAMPLES // 4000))
text = signal.to_json()
body, blob = b'{"signal":%s}' % text, pack([signal])
del signal
Path("/proc/self/clear_refs").write_text("5")  # the peak is now what there is
before = status("VmRSS")
kept = WORK
print(status("VmHWM") - before, 4 * SAMPLES, len(blob))
"""


def sizes(work: str) -> list[int]:
    command = [sys.executable, "-c", SCRIPT.replace("WORK", work)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [int(size) for size in output.split()]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize(
    ("work", "blobs"),
    [
        ("lift_signals(body)", 0),
        ("parse_signal(text)", 0),
        ("unpack(blob)", 0),
    ],
)
def test_reading_takes_little_more_than_the_samples(work: str, blobs: int) -> None:
    grown, samples, blob = sizes(work)
    assert samples < grown + (1 << 20)
    assert grown < samples * 1.2 + blob * blobs + (1 << 20)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
def test_reading_a_long_signal_takes_little_more_than_its_blob() -> None:
    """It is packed while it is read: its runs, the blob, and for a moment its copy for Python."""
    grown, samples, blob = sizes("read_batch([body])")
    assert grown < min(samples, 3 * blob + (2 << 20))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("use", ["signal()", "Signal(SimpleNamespace(__arrow_c_array__=signal))"])
def test_arrow_arrays_are_released(use: str) -> None:
    """Those that nobody took out of their capsules, and those that somebody took."""
    zeros = "Signal(array('i', bytes(4 * SAMPLES))).__arrow_c_array__"
    grown, samples, _ = sizes(f"[len({use}) for signal in ({zeros} for _ in range(12))]")
    assert grown < 6 * samples


# Prints what is raised where there is less memory than needed, if the interpreter can go on after it.
ENDING = """
import pickle, resource
from array import array
from pathlib import Path
import numpy as np
from ecg_core import *

def endless(sample):
    while True:
        yield sample

def documents(*parts):
    return b"[%s]" % b",".join(parts)

x = SETUP
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (4 << 20), resource.RLIM_INFINITY))
try:
    WORK
except MemoryError:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert unpack(pack([Signal([1, -1])]))[0].count_zero_crossings() == 1
    print("MemoryError", end="")
"""
WAVE = "np.tile(np.array([1, -1], 'i4'), 1 << 22)"
NOISE = "Signal(np.random.default_rng(1).integers(-(2**31), 2**31, 1 << 22, 'i4'))"
LONG = "b'[' + b'1,' * (1 << 23) + b'1]'"
MANY = "documents(*[b'{\"signal\":[1]}'] * (1 << 19))"
KEYS = "b'{%s}' % b','.join(b'\"%d\":1' % i for i in range(1 << 19))"
BOMB = "pack([np.zeros(1 << 26, 'i1')])"
ENDINGS = [
    ("Signal", "np.broadcast_to(np.int8(0), 2**40)", "Signal(x)"),
    ("Signal", "None", "Signal(endless(1))"),
    ("Signal", WAVE, "Signal(x[::2])"),
    ("Signal", f"Signal({WAVE})", "x.to_list()"),
    ("Signal", f"Signal({WAVE})", "iter(x)"),
    ("Signal", f"Signal({WAVE})", "x[::-1]"),
    ("Signal", f"Signal({WAVE})", "x.to_json()"),
    ("Signal", f"Signal({WAVE})", "x.to_bytes('i32le')"),
    ("Signal", f"Signal({WAVE})", "x.thin(1 << 21)"),
    ("Signal", f"Signal({WAVE})", "x.thin(1 << 23)"),
    ("Signal", NOISE, "pickle.dumps(x)"),
    ("Reading", f"read_batch([{MANY}])[0]", "x.signals"),
    ("count_zero_crossings", "np.empty((2**40, 0), 'i2')", "count_zero_crossings(x)"),
    ("count_zero_crossings", "np.zeros((1 << 21, 1), 'i2')", "count_zero_crossings(x)"),
    ("zero_crossings", WAVE, "zero_crossings(x)"),
    ("zero_crossings_mask", WAVE, "zero_crossings_mask(x)"),
    ("zero_crossing_rate", WAVE, "zero_crossing_rate(x, hop_length=1)"),
    ("parse_signal", LONG, "parse_signal(x)"),
    ("lift_signals", f"b'{{\"signal\":' + {LONG} + b'}}'", "lift_signals(x)"),
    ("lift_signals", MANY, "lift_signals(x)"),
    ("lift_signals", "documents(b'1' * (1 << 24))", "lift_signals(x)"),
    ("lift_signals", "b'{\"' + b'\\\\n' * (1 << 23) + b'\":1}'", "lift_signals(x)"),
    ("lift_signals", KEYS, "lift_signals(x)"),
    ("read_batch", f"b'{{\"signal\":%s}}' % {NOISE}.to_json()", "read_batch([x])"),
    ("read_batch", MANY, "read_batch([b'{}', x])"),
    ("read_batch", "None", "read_batch(endless(b''))"),
    ("pack", "np.broadcast_to(np.int8(0), 2**40)", "pack([x])"),
    ("pack", NOISE, "pack([x])"),
    ("pack", "Signal([])", "pack(endless(x))"),
    ("open_blob", "pack([Signal([])] * (1 << 19))", "open_blob(x)"),
    ("PackedSignal", f"open_blob({BOMB})[0]", "x.unpack()"),
    ("unpack", BOMB, "unpack(x)"),
    ("unpack", "pack([Signal([])] * (1 << 19))", "unpack(x)"),
    ("unpack_json", BOMB, "unpack_json(x)"),
    ("unpack_json", "pack([Signal([])] * (1 << 19))", "unpack_json(x)"),
    ("unpack_between", BOMB, "unpack_between(x, [b'', b''])"),
    ("unpack_between", "b''", "unpack_between(pack([]), endless(x))"),
    ("unpack_lead", BOMB, "unpack_lead(x, 0)"),
    ("blob_info", "pack([Signal([])] * (1 << 19))", "blob_info(x)"),
]
SMALL = {"BlobError", "DecodeError", "LeadInfo", "ZeroCrossingCounter", "ZeroRule"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
@pytest.mark.parametrize(("setup", "work"), [row[1:] for row in ENDINGS])
def test_memory_that_ends_is_an_error(setup: str, work: str) -> None:
    script = ENDING.replace("SETUP", setup).replace("WORK", work)
    outcome = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (outcome.returncode, outcome.stdout) == (0, "MemoryError"), outcome.stderr


def test_everything_that_takes_memory_is_among_them() -> None:
    assert {name for name, *_ in ENDINGS} | SMALL == set(ecg_core.__all__)
