"""The one list of what is compared: `just bench core` and `just test benchmarks` both measure it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from benchmarks.core import documents, peers
from benchmarks.core.codecs import compressors
from benchmarks.core.peers import Candidate, Samples
from benchmarks.workloads import SIZES, bodies, body, signals
from ecg_core import (
    Signal,
    count_zero_crossings,
    lift_signals,
    pack,
    unpack,
    unpack_json,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)

READ, COUNT, PACK, UNPACK, WRITE = "read {}", "count {}", "pack {}", "unpack {}", "write {}"
ANSWER = "unpack {} as JSON"
TAKE = "take msgpack of {}, samples as bytes"
AROUND, WITHOUT = "count {}, missing={}", "ecg_core without it"
GAPS, BASELINES = "count {}, every tenth sample missing", "count {}, a baseline for each lead"
MASK, LANES, RATE = "mask {}", "count {}, (5000, 12) axis {}", "rate {}, a frame per sample"
PAIRS, APART = "count {}, (30000, 2) axis 1", "count {}, (5000, 3, 4) axis 1"
MASKS, WIDE = "mask {}, (5000, 12) axis {}", "count {}, (1000, 64) axis 0"
FIND, FINDS = "find {}", "find {}, (5000, 12) axis {}"
DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
)
COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Work:
    """The same work done by several candidates, ecg_core first; `size` in bytes is what GB/s count."""

    name: str
    size: int
    candidates: Sequence[Candidate]


def works() -> Iterator[Work]:
    texts = bodies()
    yield from (_reading(name, text) for name, text in texts.items())
    yield from (_taking(name, samples) for name, samples in SIZES.items())
    yield from _counting(counted())
    yield from _finding(np.random.default_rng(0).standard_normal(COUNTED) * 1000)
    for name, text in texts.items():
        yield from _packing(name, signals(text))
        yield _writing(name, signals(text))


def _reading(name: str, text: bytes) -> Work:
    ours = Candidate(
        "ecg_core", lambda: [signal.count_zero_crossings() for signal in lift_signals(text)[1]]
    )
    return Work(READ.format(name), len(text), [ours, *peers.readers(text)])


def _taking(name: str, samples: int) -> Work:
    """By the service's formats; GB/s are of the JSON, so that they compare as ECGs a second do."""
    return Work(TAKE.format(name), len(body(samples)), documents.readers(samples))


def counted() -> Samples:
    """Return what is counted: without its median a lead crosses zero often, and meets it at times."""
    leads = map(np.array, signals(body(10_000)))
    return np.concatenate([lead - np.median(lead).astype(int) for lead in leads])[:COUNTED]


def _counting(samples: Samples) -> Iterator[Work]:
    """`2 * sample + 1` is never zero; a column of a table is read with a stride."""
    for dtype in DTYPES:
        yield _count(dtype, samples.astype(dtype))
    for dtype in ("int16", "int32", "float64"):
        yield _count(f"{dtype}, no zeros", (2 * samples + 1).astype(dtype))
    for dtype in ("int16", "float64"):
        table = np.repeat(samples[:, np.newaxis], 12, axis=1).astype(dtype)
        yield _count(f"{dtype}, a column of 12", table[:, 3])
    for dtype, missing in (
        ("int16", -32768),
        ("int64", -32768),
        ("float64", -32768),
        ("float64", nan),
    ):
        yield _around(samples.astype(dtype), missing)
    for dtype in ("int16", "float64"):
        yield _with_gaps(samples.astype(dtype))
    yield _with_baselines(samples.astype("float32").reshape(-1, 4))


def _count(name: str, samples: Samples) -> Work:
    ours = Candidate("ecg_core", lambda: count_zero_crossings(samples))
    others = peers.float_counters(samples) if samples.dtype == "float64" else []
    return Work(COUNT.format(name), samples.nbytes, [ours, *peers.counters(samples), *others])


def _around(samples: Samples, missing: float) -> Work:
    """No sample is missing: the peer does not ask."""
    ours = Candidate("ecg_core", lambda: count_zero_crossings(samples, missing=missing))
    without = Candidate(WITHOUT, lambda: count_zero_crossings(samples))
    return Work(AROUND.format(samples.dtype, missing), samples.nbytes, [ours, without])


def _with_gaps(samples: Samples) -> Work:
    samples[::10] = missing = -32768
    ours = Candidate("ecg_core", lambda: count_zero_crossings(samples, missing=missing))
    numpy = Candidate("NumPy", lambda: peers.numpy_count_around(samples, missing))
    return Work(GAPS.format(samples.dtype), samples.nbytes, [ours, numpy])


def _with_baselines(table: Samples) -> Work:
    baselines = table.mean(axis=1)
    ours = Candidate("ecg_core", lambda: count_zero_crossings(table, baseline=baselines))
    numpy = Candidate("NumPy", lambda: peers.numpy_counts(table - baselines[:, np.newaxis], 1))
    return Work(BASELINES.format(table.dtype), table.nbytes, [ours, numpy])


def _finding(noise: Samples) -> Iterator[Work]:
    """Noise crosses zero at every second sample."""
    for dtype in ("int16", "float64"):
        samples = noise.astype(dtype)
        yield _mask(dtype, samples)
        table = samples[: 5_000 * 12].reshape(-1, 12)
        yield from (_lanes(LANES.format(dtype, axis), table, axis) for axis in (0, 1))
        yield _lanes(PAIRS.format(dtype), samples[: 30_000 * 2].reshape(-1, 2), 1)
        yield _lanes(APART.format(dtype), table.reshape(-1, 3, 4), 1)
        yield _lanes(WIDE.format(dtype), samples[: 1_000 * 64].reshape(-1, 64), 0)
        yield from (_masks(MASKS.format(dtype, axis), table, axis) for axis in (0, 1))
        yield _find(dtype, samples)
        yield from (_finds(FINDS.format(dtype, axis), table, axis) for axis in (0, 1))
        yield _rate(dtype, samples)
    yield from (_mask(dtype, noise.astype(dtype)) for dtype in ("int64", "float32"))


def _mask(name: str, samples: Samples) -> Work:
    ours = Candidate("ecg_core", lambda: zero_crossings_mask(samples))
    numpy = Candidate("NumPy signbit", lambda: peers.numpy_mask(samples))
    return Work(MASK.format(name), samples.nbytes, [ours, numpy])


def _masks(name: str, table: Samples, axis: int) -> Work:
    ours = Candidate("ecg_core", lambda: zero_crossings_mask(table, axis=axis))
    numpy = Candidate("NumPy signbit", lambda: peers.numpy_mask(table, axis))
    return Work(name, table.nbytes, [ours, numpy])


def _find(name: str, samples: Samples) -> Work:
    ours = Candidate("ecg_core", lambda: zero_crossings(samples))
    numpy = Candidate("NumPy signbit", lambda: np.flatnonzero(peers.numpy_mask(samples)))
    return Work(FIND.format(name), samples.nbytes, [ours, numpy])


def _finds(name: str, table: Samples, axis: int) -> Work:
    ours = Candidate("ecg_core", lambda: zero_crossings(table, axis=axis))
    numpy = Candidate("NumPy signbit", lambda: np.argwhere(peers.numpy_mask(table, axis)))
    return Work(name, table.nbytes, [ours, numpy])


def _lanes(name: str, table: Samples, axis: int) -> Work:
    ours = Candidate("ecg_core", lambda: count_zero_crossings(table, axis=axis))
    numpy = Candidate("NumPy signbit", lambda: peers.numpy_counts(table, axis))
    return Work(name, table.nbytes, [ours, numpy])


def _rate(name: str, samples: Samples) -> Work:
    ours = Candidate("ecg_core", lambda: zero_crossing_rate(samples, hop_length=1))
    numpy = Candidate("NumPy cumulative sum", lambda: peers.numpy_rates(samples, 2048))
    return Work(RATE.format(name), samples.nbytes, [ours, numpy])


def _packing(name: str, leads: list[list[int]]) -> Iterator[Work]:
    ours, arrays = [Signal(lead) for lead in leads], [np.array(lead, "int16") for lead in leads]
    blob = pack(ours)
    bits = 8 * len(blob) / sum(map(len, leads))
    size = sum(array.nbytes for array in arrays)
    packers, unpackers = zip(*compressors(arrays), strict=True)
    packer = Candidate("ecg_core", lambda: pack(ours), bits)
    yield Work(PACK.format(name), size, [packer, *packers])
    unpacker = Candidate("ecg_core", lambda: unpack(blob), bits)
    yield Work(UNPACK.format(name), size, [unpacker, *unpackers])
    yield _answering(name, blob)


def _answering(name: str, blob: bytes) -> Work:
    ours = Candidate("ecg_core", lambda: unpack_json(blob))
    size = sum(map(len, unpack_json(blob)))
    return Work(ANSWER.format(name), size, [ours, *peers.answerers(blob)])


def _writing(name: str, leads: list[list[int]]) -> Work:
    ours, arrays = [Signal(lead) for lead in leads], [np.array(lead, "int32") for lead in leads]
    size = sum(len(signal.to_json()) for signal in ours)
    writer = Candidate("ecg_core", lambda: [signal.to_json() for signal in ours])
    return Work(WRITE.format(name), size, [writer, *peers.writers(leads, arrays)])
