"""Every example in the documents runs, and every signature is known."""

import inspect
import re
import subprocess
import sys
from array import array
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ecg_core
from ecg_core import Signal, pack
from tests.core.package.pages import blocks, inputs, outcome, page, run_examples, table

FORMAT = page("docs/blob-format.md")
NAMES = [name for name in ecg_core.__all__ if name != "ZeroRule"]  # a type has no docstring


def documented() -> dict[str, Any]:
    objects = {name: getattr(ecg_core, name) for name in NAMES}
    members = {
        f"{name}.{attribute}": member
        for name, cls in objects.items()
        if inspect.isclass(cls)
        for attribute, member in sorted(vars(cls).items())
        if not attribute.startswith("_")
    }
    return {"ecg_core": ecg_core, **objects, **members}


@pytest.mark.parametrize("name", documented())
def test_docstrings(name: str) -> None:
    text = inspect.getdoc(documented()[name])
    assert text
    attempted = run_examples(name, text)
    assert attempted or "." in name or name == "Reading"


@pytest.mark.parametrize("path", ["ecg_core/README.md", "docs/zero-crossings.md"])
def test_examples_of_pages(path: str) -> None:
    assert run_examples(path, "\n".join(blocks(page(path), "python"))) > 5


@pytest.mark.parametrize(
    ("path", "first"), [("ecg_core/README.md", "rule"), ("docs/zero-crossings.md", "`zeros=`")]
)
def test_rule_tables(path: str, first: str) -> None:
    rows = table(path, first)
    rules = [row[first.strip("`")] for row in rows]
    assert rules == list(get_args(ecg_core.ZeroRule))
    for rule, row in zip(rules, rows, strict=True):
        for samples, cell in inputs(row):
            names = {**vars(ecg_core), "x": array("d", samples), "rule": rule}
            assert outcome("count_zero_crossings(x, zeros=rule)", names) == cell


def test_earlier_names_are_gone() -> None:
    for row in table("docs/zero-crossings.md", "earlier name"):
        assert hasattr(Signal, row["now"])
        assert not hasattr(Signal, row["earlier name"])


@pytest.mark.parametrize("name", [name for name, item in documented().items() if callable(item)])
def test_signatures_are_known(name: str) -> None:
    if name not in {"BlobError", "DecodeError"}:
        assert inspect.signature(documented()[name])


def test_the_signature_is_the_promised_one() -> None:
    assert (
        str(inspect.signature(ecg_core.count_zero_crossings))
        == "(signal, /, *, zeros='neutral', baseline=0, missing=None, axis=-1)"
    )
    assert (
        str(inspect.signature(ecg_core.unpack_lead))
        == "(blob, i, /, start=0, stop=None, *, max_samples=None)"
    )


def test_numpy_is_optional(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["numpy"] = None
from array import array
import ecg_core
assert ecg_core.count_zero_crossings(array("h", [1, -1])) == 1
assert ecg_core.unpack(ecg_core.pack([array("h", [1, -1])]))[0].to_list() == [1, -1]
for name in ("zero_crossings", "zero_crossings_mask", "zero_crossing_rate"):
    try:
        getattr(ecg_core, name)(array("h", [1, -1]))
    except ImportError as error:
        assert "ecg-core[numpy]" in str(error)
    else:
        raise SystemExit(f"no error: {name}")
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


def test_the_example_of_the_format_is_right() -> None:
    written = bytes.fromhex(
        "".join(re.findall(r"^[0-9a-f]{4}  ([0-9a-f ]+?)   ", FORMAT, re.MULTILINE))
    )
    assert written == pack([Signal([-1, 0, 1]), Signal([7] * 130)])


@given(
    leads=st.lists(
        st.lists(st.integers(-(2**31), 2**31 - 1), max_size=150)
        | st.lists(st.integers(-9, 9), max_size=300),
        max_size=3,
    )
)
def test_the_decoder_of_the_format_reads_every_blob(leads: list[list[int]]) -> None:
    decoder: dict[str, Any] = {}
    exec("\n".join(blocks(FORMAT, "python")), decoder)
    assert decoder["decode"](pack([Signal(lead) for lead in leads])) == leads
