"""What `just bench core --check` holds ecg_core to, on one core and in one run."""

from collections.abc import Sequence

from benchmarks.core.measure import ISA, Row
from benchmarks.core.works import (
    ANSWER,
    APART,
    AROUND,
    BASELINES,
    COUNT,
    FIND,
    FINDS,
    GAPS,
    LANES,
    MASK,
    MASKS,
    PACK,
    PAIRS,
    RATE,
    READ,
    TAKE,
    UNPACK,
    WIDE,
    WITHOUT,
    WRITE,
)

ECG = "12 x 5,000"
READ_IN_RUST = READ.format(f"{ECG}, in Rust")
FLOORS = {
    (READ.format(ECG), "msgspec list[int]"): {"scalar": 2.2, "avx2": 7.0, "avx512": 9.4},
    (READ.format("12 x 500"), "msgspec list[int]"): {"scalar": 2.2, "avx2": 5.8, "avx512": 6.5},
    (TAKE.format(ECG), "JSON"): {"scalar": 2.3, "avx2": 1.9, "avx512": 1.4},
    (COUNT.format("uint8"), "NumPy x < 0"): {"scalar": 0.3, "avx2": 2.1, "avx512": 2.6},
    (COUNT.format("int16"), "NumPy signbit"): {"scalar": 0.85, "avx2": 5.6, "avx512": 6.4},
    (COUNT.format("int32"), "NumPy signbit"): {"scalar": 0.58, "avx2": 5.6, "avx512": 6.0},
    (COUNT.format("int64"), "NumPy signbit"): {"scalar": 0.6, "avx2": 5.6, "avx512": 5.2},
    (COUNT.format("float32"), "NumPy signbit"): {"scalar": 0.16, "avx2": 2.1, "avx512": 2.4},
    (COUNT.format("float64"), "NumPy signbit"): {"scalar": 0.2, "avx2": 1.9, "avx512": 2.1},
    (AROUND.format("int16", -32768), WITHOUT): {"scalar": 0.36, "avx2": 0.6, "avx512": 0.65},
    (AROUND.format("int64", -32768), WITHOUT): {"scalar": 0.5, "avx2": 0.53, "avx512": 0.53},
    (AROUND.format("float64", -32768), WITHOUT): {"scalar": 0.5, "avx2": 0.6, "avx512": 0.65},
    (GAPS.format("int16"), "NumPy"): {"scalar": 0.55, "avx2": 2.0, "avx512": 3.0},
    (GAPS.format("float64"), "NumPy"): {"scalar": 0.14, "avx2": 0.9, "avx512": 1.0},
    (BASELINES.format("float32"), "NumPy"): {"scalar": 1.2, "avx2": 1.5, "avx512": 1.5},
    (MASK.format("int16"), "NumPy signbit"): {"scalar": 0.6, "avx2": 2.0, "avx512": 2.2},
    (MASK.format("float64"), "NumPy signbit"): {"scalar": 0.14, "avx2": 1.0, "avx512": 1.05},
    (MASK.format("int64"), "NumPy signbit"): {"scalar": 0.38, "avx2": 2.6, "avx512": 2.6},
    (MASK.format("float32"), "NumPy signbit"): {"scalar": 0.18, "avx2": 0.9, "avx512": 1.05},
    (LANES.format("int16", 0), "NumPy signbit"): {"scalar": 3.4, "avx2": 6.0, "avx512": 6.0},
    (LANES.format("int16", 1), "NumPy signbit"): {"scalar": 2.8, "avx2": 3.9, "avx512": 3.8},
    (LANES.format("float64", 0), "NumPy signbit"): {"scalar": 1.0, "avx2": 4.4, "avx512": 4.6},
    (LANES.format("float64", 1), "NumPy signbit"): {"scalar": 1.0, "avx2": 2.2, "avx512": 2.2},
    (PAIRS.format("int16"), "NumPy signbit"): {"scalar": 0.95, "avx2": 1.6, "avx512": 1.7},
    (PAIRS.format("float64"), "NumPy signbit"): {"scalar": 0.42, "avx2": 1.4, "avx512": 1.5},
    (APART.format("int16"), "NumPy signbit"): {"scalar": 1.0, "avx2": 2.1, "avx512": 2.2},
    (APART.format("float64"), "NumPy signbit"): {"scalar": 0.7, "avx2": 2.0, "avx512": 2.1},
    (WIDE.format("int16"), "NumPy signbit"): {"scalar": 1.7, "avx2": 3.2, "avx512": 3.2},
    (WIDE.format("float64"), "NumPy signbit"): {"scalar": 0.5, "avx2": 2.2, "avx512": 2.2},
    (MASKS.format("int16", 0), "NumPy signbit"): {"scalar": 0.6, "avx2": 1.4, "avx512": 1.5},
    (MASKS.format("int16", 1), "NumPy signbit"): {"scalar": 2.7, "avx2": 4.5, "avx512": 5.0},
    (MASKS.format("float64", 0), "NumPy signbit"): {"scalar": 0.16, "avx2": 0.85, "avx512": 0.9},
    (MASKS.format("float64", 1), "NumPy signbit"): {"scalar": 0.8, "avx2": 3.6, "avx512": 4.0},
    (FIND.format("int16"), "NumPy signbit"): {"scalar": 0.7, "avx2": 1.5, "avx512": 2.6},
    (FIND.format("float64"), "NumPy signbit"): {"scalar": 0.34, "avx2": 1.2, "avx512": 1.8},
    (FINDS.format("int16", 0), "NumPy signbit"): {"scalar": 2.4, "avx2": 3.0, "avx512": 3.0},
    (FINDS.format("int16", 1), "NumPy signbit"): {"scalar": 2.2, "avx2": 2.4, "avx512": 2.4},
    (FINDS.format("float64", 0), "NumPy signbit"): {"scalar": 2.0, "avx2": 3.0, "avx512": 3.0},
    (FINDS.format("float64", 1), "NumPy signbit"): {"scalar": 1.8, "avx2": 2.6, "avx512": 2.6},
    (RATE.format("int16"), "NumPy cumulative sum"): {"scalar": 1.0, "avx2": 1.5, "avx512": 1.6},
    (RATE.format("float64"), "NumPy cumulative sum"): {"scalar": 0.7, "avx2": 1.4, "avx512": 1.4},
    (PACK.format(ECG), "NumPy differences"): {"scalar": 0.14, "avx2": 0.35, "avx512": 0.32},
    (UNPACK.format(ECG), "NumPy differences"): {"scalar": 1.4, "avx2": 2.0, "avx512": 3.4},
    (ANSWER.format(ECG), "unpack, msgspec"): {"scalar": 7.0, "avx2": 9.5, "avx512": 9.5},
    (WRITE.format(ECG), "msgspec"): {"scalar": 2.6, "avx2": 2.6, "avx512": 2.6},
    (READ_IN_RUST, "ecg_core, arrays alone"): {"scalar": 0.85, "avx2": 0.85, "avx512": 0.8},
    (READ_IN_RUST, "serde_json"): {"scalar": 1.1, "avx2": 3.5, "avx512": 6.6},
    (READ_IN_RUST, "sonic-rs"): {"scalar": 1.1, "avx2": 3.5, "avx512": 7.0},
}
"""By work and peer: how many times as fast as it ecg_core must be with which instructions, about four
fifths of what was measured; with AVX-512, on the slower of an AMD EPYC and an Intel Xeon. Numbers of 64 bits are about as
large as the second cache of some machines, which then wait for memory and NumPy does not: their floors are lower. The
peers are always there, and no one's time depends much on the data."""
LIMITS = {PACK.format(ECG): 7.3, PACK.format("MIT-BIH"): 5.4}
"""By work: in how many bits ecg_core must store a sample."""


def floor(row: Row) -> float | None:
    return FLOORS.get((row.work, row.candidate), {}).get(row.isa)


def limit(row: Row) -> float | None:
    return LIMITS.get(row.work) if row.candidate == "ecg_core" else None


def missed(rows: Sequence[Row]) -> dict[str, str]:
    """Name what is not as it should be, with how it is; a floor without its row is missed too."""
    ratios = {(row.work, row.candidate): row.ratio or 0 for row in rows}
    slow = {
        f"{work} beside {peer}": f"{ratios.get((work, peer), 0):.2f}, not {floors[ISA]}"
        for (work, peer), floors in FLOORS.items()
        if ratios.get((work, peer), 0) < floors.get(ISA, 0)
    }
    large = {
        f"bits of {row.work}": f"{bits:.2f}, not {limit(row)}"
        for row in rows
        if (bits := row.bits_per_sample or 0) > (limit(row) or 64)
    }
    return slow | large
