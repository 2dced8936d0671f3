import asyncio
import gzip
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_service.api.edge.encodings import FREE, STEP, inflated

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DEFLATERS: dict[bytes, Callable[[bytes], bytes]] = {b"gzip": gzip.compress, b"zstd": zstd.compress}


def inflate(body: bytes, coding: bytes, hold: Callable[[int], None] = lambda _: None) -> bytes:
    return asyncio.run(inflated(body, coding, max_bytes=10 * FREE, ratio=20_000, hold=hold))


@given(st.binary() | st.builds(bytes.__mul__, st.binary(max_size=9), st.integers(0, 50_000)))
def test_a_body_is_what_it_was(content: bytes) -> None:
    for coding, deflate in DEFLATERS.items():
        assert inflate(deflate(content), coding) == content


@pytest.mark.parametrize("size", [STEP - 1, STEP, STEP + 1, 3 * STEP])
def test_the_end_of_a_step_is_no_end_of_a_body(size: int) -> None:
    for coding, deflate in DEFLATERS.items():
        assert inflate(deflate(b"x" * size), coding) == b"x" * size


def test_memory_is_taken_in_steps_as_it_is_needed() -> None:
    for coding, deflate in DEFLATERS.items():
        held = list[int]()
        body = deflate(b"x" * FREE)
        inflate(body, coding, held.append)
        assert held == sorted(held)
        assert held[-1] == len(body) + FREE
        assert max(b - a for a, b in pairwise(held)) <= STEP


def test_a_refusal_of_memory_ends_it() -> None:
    class Full(Exception): ...

    def refuse(size: int) -> None:
        if size > 2 * STEP:
            raise Full

    for coding, deflate in DEFLATERS.items():
        with pytest.raises(Full):
            inflate(deflate(b"x" * FREE), coding, refuse)


async def test_others_have_their_turn_meanwhile() -> None:
    for coding, deflate in DEFLATERS.items():
        turns = 0
        body = deflate(b"x" * FREE)
        reading = asyncio.create_task(
            inflated(body, coding, max_bytes=FREE, ratio=1, hold=lambda _: None)
        )
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns >= FREE / STEP
