"""Series, Index and frames of one column of pandas are taken like the array of their numbers."""

from importlib import import_module
from typing import Any

import pytest

from ecg_core import Signal, count_zero_crossings, zero_crossing_rate, zero_crossings_mask

pd: Any = import_module("pandas")
SAMPLES = [3, 0, -2, 0, -1, 5]
DAYS = pd.date_range("2026-01-01", periods=len(SAMPLES))
FORMS = {
    "series": pd.Series(SAMPLES),
    "series of int16": pd.Series(SAMPLES, dtype="int16", index=DAYS),
    "nullable series": pd.Series(SAMPLES, dtype="Int64"),
    "index": pd.Index(SAMPLES),
    "frame": pd.DataFrame({"II": SAMPLES}),
    "frame with dates": pd.DataFrame({"II": SAMPLES}, index=DAYS),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_column_is_taken(form: str) -> None:
    samples = FORMS[form]
    assert Signal(samples).to_list() == SAMPLES
    assert count_zero_crossings(samples, zeros="distinct") == 5
    assert zero_crossings_mask(samples).tolist() == zero_crossings_mask(SAMPLES).tolist()
    assert zero_crossing_rate(samples).tolist() == zero_crossing_rate(SAMPLES).tolist()


def test_other_things_of_pandas_are_refused() -> None:
    with pytest.raises(TypeError, match=r"^a table of 2 columns \(I, II\): choose one of them$"):
        count_zero_crossings(pd.DataFrame({"I": SAMPLES, "II": SAMPLES}))
    with pytest.raises(TypeError, match="dtype datetime64"):
        count_zero_crossings(DAYS)
    with pytest.raises(ValueError, match=r"at index 1$"):
        count_zero_crossings(pd.Series([1, None, -1], dtype="Int64"))
