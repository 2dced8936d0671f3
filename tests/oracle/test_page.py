"""docs/zero-crossings.md is right: each call in its tables is made."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from tests.core.package.pages import inputs, outcome, table
from tests.oracle.libraries import NAMES
from tests.oracle.signals import FLOATS

PAGE = "docs/zero-crossings.md"
CALLS = table(PAGE, "call")
MOVES = table(PAGE, "instead of")
LIMITED = [move for move in MOVES if move["but"]]


def _negative_zero(x: Any) -> Any:
    return (np.signbit(x) & (x == 0)).any()


def _vanishing_product(x: Any) -> Any:
    with np.errstate(all="ignore"):
        return ((x[:-1] * x[1:] == 0) & (x[:-1] != 0) & (x[1:] != 0)).any()


# What the last column of the moves may say: where it holds, and a signal that proves it.
BUTS: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "-0.0 is negative there": (_negative_zero, [1, -0.0, 1]),
    "products round to zero there": (_vanishing_product, [1e-200, -1e-200]),
    "infinities are an error there": (lambda x: np.isinf(x).any(), [1, -np.inf]),
}


def both(move: dict[str, str], x: Any) -> tuple[Any, Any]:
    with np.errstate(all="ignore"):  # inf * 0 and inf - inf in the calls of others
        return eval(move["instead of"], {**NAMES, "x": x}), eval(move["write"], {**NAMES, "x": x})


def equal(left: Any, right: Any) -> bool:
    return np.shape(left) == np.shape(right) and bool(np.all(left == right))


@pytest.mark.parametrize("row", CALLS, ids=[row["call"] for row in CALLS])
def test_other_libraries_return_what_the_page_says(row: dict[str, str]) -> None:
    for samples, cell in inputs(row):
        with np.errstate(invalid="ignore"):  # librosa's kernel compares NaN
            assert outcome(row["call"], {**NAMES, "x": np.array(samples, float)}) == cell


@pytest.mark.parametrize("move", MOVES, ids=[move["instead of"] for move in MOVES])
@given(x=FLOATS)
def test_both_calls_of_a_move_return_the_same(move: dict[str, str], x: Any) -> None:
    if not move["but"] or not BUTS[move["but"]][0](x):
        assert equal(*both(move, x))


@pytest.mark.parametrize("move", LIMITED, ids=[move["instead of"] for move in LIMITED])
def test_what_a_move_changes_is_really_different(move: dict[str, str]) -> None:
    holds, samples = BUTS[move["but"]]
    x = np.array(samples, float)
    assert holds(x)
    if "error" in move["but"]:
        with pytest.raises(NAMES["librosa"].ParameterError, match="finite"):
            both(move, x)
    else:
        assert not equal(*both(move, x))
