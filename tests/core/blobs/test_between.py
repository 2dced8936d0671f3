"""A document is written once, with the signals of a blob between its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import BlobError, Signal, pack, unpack_between

LOW, HIGH = -(2**31), 2**31 - 1
SAMPLE = st.integers(-9, 9) | st.integers(-(2**16), 2**16) | st.integers(LOW, HIGH)


@given(
    leads=st.lists(
        st.lists(SAMPLE) | st.lists(SAMPLE, min_size=1).map(lambda s: s * 99), max_size=4
    ),
    parts=st.lists(st.binary(), min_size=5, max_size=5),
)
def test_each_signal_stands_between_two_parts(leads: list[list[int]], parts: list[bytes]) -> None:
    signals = [Signal(lead) for lead in leads]
    expected = b"".join(part + one.to_json() for part, one in zip(parts, signals, strict=False))
    between = parts[: len(signals) + 1]
    document = unpack_between(pack(signals), between)
    assert (type(document), document) == (bytearray, expected + between[-1])


@pytest.mark.parametrize("sample", [-1, 0, 9, 10, -9, -10, 32_768, -32_769, LOW, HIGH])
def test_the_longest_text_of_each_length_has_room(sample: int) -> None:
    blob = pack([Signal([sample] * 1000)])
    assert unpack_between(blob, [b"", b""]) == Signal([sample] * 1000).to_json()


def test_a_short_text_after_much_room_is_as_long_as_it_is() -> None:
    """The table says only that no sample has more than ten digits."""
    lead = [LOW, *[0] * 100_000]
    document = unpack_between(pack([Signal(lead)]), iter([b"<", b">"]))
    assert document == b"<" + Signal(lead).to_json() + b">"
    document += b"more"
    assert document.endswith(b"0]>more")


@pytest.mark.parametrize("parts", [0, 1, 2, 4])
def test_other_parts_than_fit_are_an_error(parts: int) -> None:
    blob = pack([Signal([1]), Signal([2])])
    with pytest.raises(BlobError, match=f"^2 signals do not fit between {parts} parts$"):
        unpack_between(blob, [b"x"] * parts)


def test_damage_is_an_error() -> None:
    blob = bytearray(pack([Signal([1, 2, 3]), Signal(range(1000))]))
    blob[-1] ^= 1
    with pytest.raises(BlobError, match=r"^damaged lead 1$"):
        unpack_between(blob, [b"", b"", b""])


def test_parts_are_bytes() -> None:
    with pytest.raises(TypeError, match="expected bytes, got str"):
        unpack_between(pack([]), ["{}"])  # pyright: ignore[reportArgumentType] - wrong on purpose
    with pytest.raises(
        TypeError, match="expected an iterable of parts, got bytes: put it in a list"
    ):
        unpack_between(pack([]), b"{}")  # pyright: ignore[reportArgumentType] - wrong on purpose
