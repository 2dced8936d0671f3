"""Reading takes the memory of the samples and a fifth of it, in a real process; `ecg_core/tests/memory.rs` is exact."""

import subprocess
import sys
from pathlib import Path

import pytest

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
        ("read_batch([body])", 2),  # the blob, and for a moment its copy for Python
    ],
)
def test_reading_takes_little_more_than_the_samples(work: str, blobs: int) -> None:
    grown, samples, blob = sizes(work)
    assert samples < grown + (1 << 20)
    assert grown < samples * 1.2 + blob * blobs + (1 << 20)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("use", ["signal()", "Signal(SimpleNamespace(__arrow_c_array__=signal))"])
def test_arrow_arrays_are_released(use: str) -> None:
    """Those that nobody took out of their capsules, and those that somebody took."""
    zeros = "Signal(array('i', bytes(4 * SAMPLES))).__arrow_c_array__"
    grown, samples, _ = sizes(f"[len({use}) for signal in ({zeros} for _ in range(12))]")
    assert grown < 6 * samples
