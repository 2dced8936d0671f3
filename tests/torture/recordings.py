"""ECGs and batches by number, always the same, that differ in all that storing them depends on."""

import random
from collections.abc import Sequence
from typing import Literal

from tests.e2e.service import Json, noise

SHORT = (1, 2, 3, 40, 400)
SIZES = (*SHORT, 400, 4000, 20_000)
BASELINE, MISSING = 7, -32768

Kind = Literal["plain", "with id", "with key", "refused"]


def kind_of(number: int) -> Kind:
    if number % 9 == 4:
        return "refused"
    return "with id" if number % 2 else "with key" if number % 4 else "plain"


def key_of(number: int) -> str | None:
    """Return the idempotency key of the ECG of this number, if it has one."""
    return f"key {number}" if kind_of(number) == "with key" else None


def recording(number: int, sizes: Sequence[int] = SIZES) -> Json:
    """Make the ECG of this number; some are large, the refused ones wrong."""
    chance = random.Random(number)
    size = chance.choice(sizes)
    leads = [_lead(chance, f"{number}/{n}", size) for n in range(1 + number % 3)]
    if kind_of(number) == "refused":
        leads[-1]["num_samples"] = size + 1
    return {"leads": leads} | ({"id": f"id {number}"} if kind_of(number) == "with id" else {})


def batch(number: int, sizes: Sequence[int] = SIZES) -> list[Json]:
    """Make the ECGs of the batch of this number, each with an id; some are refused."""
    parts = (10_000 * number + n for n in range(2 + number % 7))
    return [recording(part, sizes) | {"id": f"id {part}"} for part in parts]


def _lead(chance: random.Random, name: str, size: int) -> Json:
    signal = noise(chance, size)
    lead = {"name": name, "signal": signal, "baseline": chance.choice((0, BASELINE))}
    if chance.random() < 1 / 3:
        lead["missing"] = MISSING
        signal[::97] = [MISSING] * len(signal[::97])
    return lead
