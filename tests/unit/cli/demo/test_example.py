import json
from itertools import pairwise

from ecg_service.cli.demo.example import example_ecg

NAMES = ["i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"]
FIRST = [-489, -458, 31, 474, -260, -214, -88, -241, -112, 212, 393, 390]
"""The first sample of each lead, as the header of the record says."""


def test_the_recording_is_what_the_header_says() -> None:
    ecg = json.loads(example_ecg())
    assert ecg["sampling_rate"] == 1000
    assert [lead["name"] for lead in ecg["leads"]] == NAMES
    assert [lead["signal"][0] for lead in ecg["leads"]] == FIRST
    for lead in ecg["leads"]:
        assert (len(lead["signal"]), lead["gain"], lead["baseline"], lead["unit"]) == (
            10_000,
            2000,
            0,
            "mV",
        )


def test_the_limb_leads_fit_together() -> None:
    """Einthoven's law, I + III = II, holds for real leads that were read in the right order."""
    first, second, third = (lead["signal"] for lead in json.loads(example_ecg())["leads"][:3])
    off = [abs(a + c - b) for a, b, c in zip(first, second, third, strict=True)]
    assert max(off) <= 2


def test_nobody_can_be_told_from_it() -> None:
    assert set(json.loads(example_ecg())) == {"id", "sampling_rate", "leads"}


def test_it_is_a_signal() -> None:
    for lead in json.loads(example_ecg())["leads"]:
        assert max(abs(b - a) for a, b in pairwise(lead["signal"])) < 1000
