"""Chunks of samples, and a counter that has counted some."""

from hypothesis import strategies as st

from ecg_core import Signal, ZeroCrossingCounter, ZeroRule

CHUNKS = st.lists(st.lists(st.integers(-1, 1), max_size=80), max_size=8)


def counter_of(samples: list[int], zeros: ZeroRule) -> ZeroCrossingCounter:
    counter = ZeroCrossingCounter(zeros)
    counter.update(Signal(samples))
    return counter
