"""The inputs that all benchmarks share: real ECGs in the sizes that we speak of."""

import gzip
import json
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any, cast

from ecg_service.cli.demo.example import example_ecg

SIZES = {"12 x 5,000": 5_000, "12 x 500": 500}
MITDB = Path(__file__).parent / "data" / "mitdb_10s.json.gz"


def ecg(samples: int) -> dict[str, Any]:
    """Return the first samples of the demo's twelve leads, again and again, ready to POST."""
    document: dict[str, Any] = json.loads(example_ecg())
    signals = {lead["name"]: cast("list[int]", lead["signal"]) for lead in document["leads"]}
    leads = [
        {"name": name, "signal": [*islice(cycle(signal), samples)]}
        for name, signal in signals.items()
    ]
    return {"leads": leads, "sampling_rate": document["sampling_rate"]}


@cache
def body(samples: int) -> bytes:
    """Return the same as compact JSON."""
    return json.dumps(ecg(samples), separators=(",", ":")).encode()


def bodies() -> dict[str, bytes]:
    """Return the ECGs by name; those of MIT-BIH are many short records in one."""
    return {name: body(samples) for name, samples in SIZES.items()} | {
        "MIT-BIH": gzip.decompress(MITDB.read_bytes())
    }


def signals(text: bytes) -> list[list[int]]:
    return [lead["signal"] for lead in json.loads(text)["leads"]]
