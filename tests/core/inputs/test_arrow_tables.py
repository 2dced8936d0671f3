"""A table of one column is the column; others are refused, and so is one that lies."""

import ctypes
from typing import Any

import arro3.core as arro3
import numpy as np
import pytest

from ecg_core import Signal, count_zero_crossings, zero_crossings
from tests.core.inputs.arrow import (
    SAMPLES,
    Array,
    Producer,
    Release,
    Schema,
    TableProducer,
    shorts,
)

NOWHERE = (ctypes.c_void_p * 1)()  # a list of one column, which is NULL


def test_a_table_of_one_column_is_counted_like_it() -> None:
    samples = np.array([9, 3, 0, -2, 0, -1, 5, 9], "int16")
    tables: Any = arro3.Table
    table = tables.from_pydict({"II": arro3.Array.from_numpy(samples)})
    assert Signal(table).to_list() == samples.tolist()
    for form in (table.slice(1, 6), table.slice(1, 6).to_batches()[0]):
        assert count_zero_crossings(form) == 2
        assert zero_crossings(form).tolist() == [2, 5]


def column(*samples: int, name: bytes | None = b"II", **lies: Any) -> Producer:
    return Producer(shorts(*samples), name=name, **lies)


def test_a_table_of_one_column_is_the_column() -> None:
    only = column()
    table = TableProducer(only)
    assert Signal(table).to_list() == SAMPLES
    assert table.released == table.given == 2
    assert only.released == 0  # the table's release is theirs
    moved = TableProducer(column(9, 9, *SAMPLES, offset=1, length=7), offset=1, length=5)
    assert Signal(moved).to_list() == SAMPLES[:5]


@pytest.mark.parametrize("count", [0, 2, 12, 13])
def test_other_tables_are_refused_with_their_columns(count: int) -> None:
    names = [f"V{index}" for index in range(count)]
    listed = ", ".join(names[:12]) + (", …" if count > 12 else "")
    table = TableProducer(*(column(name=name.encode()) for name in names))
    with pytest.raises(TypeError, match=rf"^a table of {count} columns \({listed}\): choose"):
        count_zero_crossings(table)
    assert table.released == table.given


def test_what_a_column_is_and_lacks_is_that_of_its_numbers() -> None:
    with pytest.raises(TypeError, match=r'format "\+s"'):
        count_zero_crossings(TableProducer(TableProducer(column())))
    with pytest.raises(TypeError, match=r"columns \(, V2\)"):
        count_zero_crossings(TableProducer(column(name=None), column(name=b"V2")))
    with pytest.raises(ValueError, match=r"^null at index 2$"):
        count_zero_crossings(TableProducer(column(), validity=b"\x37", offset=1, length=5))
    holed = Producer(shorts(), b"\x37")
    with pytest.raises(ValueError, match=r"^null at index 3$"):
        count_zero_crossings(TableProducer(holed))
    assert count_zero_crossings(TableProducer(column(), validity=b"\x37", null_count=0)) == 2


def test_nulls_of_a_struct_are_gaps_like_those_of_its_column() -> None:
    samples = (1, -1, 1, -1, 1, -1)
    for rows, numbers, crossings in [
        (b"\x3b", None, [1, 4, 5]),  # the third row is null
        (None, b"\x3b", [1, 4, 5]),
        (b"\x3b", b"\x3b", [1, 4, 5]),
        (b"\x3b", b"\x1f", [1, 4]),
        (b"\x00", None, []),
    ]:
        table = TableProducer(Producer(shorts(*samples), numbers), validity=rows)
        assert zero_crossings(table, missing=9).tolist() == crossings
        stored = Signal(
            TableProducer(Producer(shorts(*samples), numbers), validity=rows), missing=9
        )
        assert zero_crossings(stored, missing=9).tolist() == crossings
    moved = TableProducer(column(7, 7, *samples, offset=1), validity=b"\x76", offset=1, length=6)
    assert zero_crossings(moved, missing=9).tolist() == [1, 4, 5]


@pytest.mark.parametrize(
    ("lies", "message"),
    [
        ({"n_children": -1}, "a negative count"),
        ({"children": None}, "a column is missing"),
        ({"n_buffers": 2}, "a struct has one buffer"),
        ({"buffers": None}, "a struct has one buffer"),
        ({"length": -1}, "negative length or offset"),
        ({"offset": -1}, "negative length or offset"),
        ({"null_count": 1}, "a buffer is missing"),
        ({"length": 7}, "shorter than its struct"),
        ({"offset": 1}, "shorter than its struct"),
        ({"offset": 2**63 - 1}, "shorter than its struct"),
    ],
)
def test_a_malformed_table_is_refused(lies: dict[str, Any], message: str) -> None:
    table = TableProducer(column(), **lies)
    with pytest.raises(ValueError, match=f"malformed Arrow array: .*{message}"):
        count_zero_crossings(table)
    assert table.released == table.given


@pytest.mark.parametrize(
    ("lies", "message"),
    [
        ({"length": -1}, "shorter than its struct"),
        ({"offset": 2**63 - 1}, "offset beyond memory"),
        ({"offset": -3}, "negative length or offset"),
        ({"buffers": None}, "two buffers"),
    ],
)
def test_a_malformed_column_is_refused(lies: dict[str, Any], message: str) -> None:
    table = TableProducer(column(**lies), offset=1, length=5)
    with pytest.raises(ValueError, match=f"malformed Arrow array: .*{message}"):
        count_zero_crossings(table)


@pytest.mark.parametrize("structure", [Schema, Array])
def test_a_column_that_was_moved_away_is_refused(structure: Any) -> None:
    moved = column(release=Release())
    moved.about = (structure,)
    table = TableProducer(moved)
    with pytest.raises(ValueError, match="a column was consumed before"):
        count_zero_crossings(table)
    assert table.released == table.given == 2


@pytest.mark.parametrize("structure", [Schema, Array])
def test_a_column_that_is_nowhere_is_refused(structure: Any) -> None:
    for lie in (None, ctypes.addressof(NOWHERE)):
        table = TableProducer(column(), children=lie)
        table.about = (structure,)
        with pytest.raises(ValueError, match="a column is missing"):
            count_zero_crossings(table)
        assert table.released == table.given == 2


@pytest.mark.parametrize("count", [-1, 0, 2])
def test_an_array_has_the_columns_of_its_schema(count: int) -> None:
    table = TableProducer(column(), n_children=count)
    table.about = (Array,)
    with pytest.raises(ValueError, match="the columns of its schema"):
        count_zero_crossings(table)
    assert table.released == table.given == 2
