"""The inputs that all benchmarks share: a real ECG in the sizes that we speak of."""

import json
from typing import Any

from ecg_service.cli.recording import recording

SIZES = {"12 x 5,000": 5_000, "12 x 500": 500}


def ecg(samples: int) -> dict[str, Any]:
    """Return the first samples of the demo's twelve leads, ready to POST."""
    document = json.loads(recording())
    leads = [
        {"name": lead["name"], "signal": lead["signal"][:samples]} for lead in document["leads"]
    ]
    return {"leads": leads, "sampling_rate": document["sampling_rate"]}


def body(samples: int) -> bytes:
    """Return the same as compact JSON."""
    return json.dumps(ecg(samples), separators=(",", ":")).encode()
