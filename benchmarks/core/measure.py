"""Seconds of all candidates for some work, taken in turns, and what follows from them."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from timeit import Timer

import ecg_core._ecg_core as extension
from benchmarks.core.works import Work

ISA: str = vars(extension)["_isa"]
SHORTEST = 200e-6
"""Calls are repeated until a measurement is about as long, in seconds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one candidate took in each round for `size` bytes; nothing if it is not installed."""

    work: str
    candidate: str
    size: int
    bits_per_sample: float | None
    seconds: list[float]


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate's figures; `ratio` is how many times its speed is ecg_core's at the best."""

    work: str
    isa: str
    candidate: str
    least: float | None
    median: float | None
    gigabytes_per_second: float | None
    bits_per_sample: float | None
    ratio: float | None


def measure(work: Work, rounds: int) -> list[Timing]:
    calls = {candidate.name: candidate.call for candidate in work.candidates if candidate.call}
    timers = {name: (Timer(call), _repeats(call)) for name, call in calls.items()}
    seconds: dict[str, list[float]] = {candidate.name: [] for candidate in work.candidates}
    for _ in range(rounds):
        for name, (timer, repeats) in timers.items():
            seconds[name].append(timer.timeit(repeats) / repeats)
    return [
        Timing(work.name, candidate.name, work.size, candidate.bits, seconds[candidate.name])
        for candidate in work.candidates
    ]


def _repeats(call: Callable[[], object]) -> int:
    """Warm a candidate up, and say how often to call it in one measurement."""
    least = min(Timer(call).repeat(3, 1))
    return max(1, round(SHORTEST / least))


def rows(timings: Sequence[Timing]) -> list[Row]:
    """Compare each with the first of its work."""
    first: dict[str, Timing] = {}
    return [_row(timing, first.setdefault(timing.work, timing)) for timing in timings]


def _row(timing: Timing, ours: Timing) -> Row:
    name = (timing.work, ISA, timing.candidate)
    if not timing.seconds:
        return Row(*name, None, None, None, None, None)
    least, speed = min(timing.seconds), timing.size / min(timing.seconds)
    ratio = ours.size / min(ours.seconds) / speed
    median = statistics.median(timing.seconds)
    return Row(*name, least, median, speed / 1e9, timing.bits_per_sample, ratio)
