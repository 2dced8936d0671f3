"""The JSON boundary agrees with a strict oracle on every document, valid or not.

`ecg_core/fuzz` compares far more of them with `serde_json`.
"""

import json
from itertools import chain
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_core import DecodeError, Signal, lift_signals, parse_signal, read_batch

Pairs = tuple[tuple[str, Any], ...]
Outcome = tuple[Any, list[list[int]]] | None


def refuse(_constant: str) -> None:
    raise ValueError("not JSON")


def oracle(body: bytes) -> Outcome:
    """The skeleton, objects as tuples of pairs, and the signals; None if the body must be refused."""
    try:
        return strict(body)
    except (ValueError, AssertionError, RecursionError):
        return None


def strict(body: bytes) -> Outcome:
    signals: list[list[int]] = []

    def check(value: Any, depth: int) -> Any:
        if isinstance(value, str):
            value.encode()  # fails on lone surrogates
        if type(value) not in {list, tuple}:
            return value
        assert depth <= 64
        if type(value) is tuple:
            return check_object(cast("Pairs", value), depth)
        return [check(item, depth + 1) for item in value]

    def check_object(pairs: Pairs, depth: int) -> Pairs:
        assert len(dict(pairs)) == len(pairs)
        return tuple((check(key, depth), member(key, value, depth + 1)) for key, value in pairs)

    def member(key: str, value: Any, depth: int) -> Any:
        if key != "signal":
            return check(value, depth)
        assert depth <= 64
        assert type(value) is list
        signals.append([integer(item) for item in cast("list[Any]", value)])
        return len(signals) - 1

    document = json.loads(body.decode(), object_pairs_hook=tuple, parse_constant=refuse)
    return check(document, 1), signals


def integer(value: Any) -> int:
    assert type(value) is int
    assert -(2**31) <= value < 2**31
    return value


def lifted(body: bytes) -> Outcome:
    outcome = lift(body)
    if not isinstance(outcome, DecodeError):
        skeleton, signals = outcome
        return json.loads(skeleton, object_pairs_hook=tuple), [
            signal.to_list() for signal in signals
        ]
    assert 0 <= outcome.offset <= len(body)
    assert f" at byte {outcome.offset}" in str(outcome)
    assert (", pointer " in str(outcome)) == (outcome.pointer != "")
    assert len(str(outcome).splitlines()) == 1
    return None


def lift(body: bytes) -> tuple[bytes, list[Signal]] | DecodeError:
    try:
        return lift_signals(body)
    except DecodeError as error:
        return error


def quoted(text: str, style: int) -> str:
    if style == 2:
        units = text.encode("utf-16-be", "surrogatepass")
        return (
            '"'
            + "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))
            + '"'
        )
    return json.dumps(text, ensure_ascii=style == 1)


SPACE = st.sampled_from(["", "", "", " ", "\n", "\t\r\n  "])
TEXT = st.builds(
    quoted,
    st.text(max_size=5) | st.sampled_from(["signal", "name", "a", '"]}', "\ud800"]),
    st.integers(0, 2),
)
NUMBER = st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?\Z")
SCALAR = st.sampled_from(["null", "true", "false", "-0", "[]", "{}"]) | TEXT | NUMBER
OTHER = st.sampled_from(['"d"', '"e"', '"\\ud83d\\udc93"'])
KEY = TEXT | st.sampled_from(['"signal"', '"\\u0073ignal"', '"a"', '"b"', '"c"'])


@st.composite
def joined(draw: st.DrawFn, items: list[str], brackets: str) -> str:
    spaced = [draw(SPACE) + item + draw(SPACE) for item in items]
    return brackets[0] + (",".join(spaced) or draw(SPACE)) + brackets[1]


INTEGER = (
    st.integers(-1500, 1500)
    | st.integers(-(2**31), 2**31 - 1)
    | st.sampled_from([-(2**31), 2**31 - 1])
)
PLAIN = st.lists(INTEGER.map(str) | st.just("-0"), max_size=40)
SPOILED = st.lists(INTEGER.map(str) | SCALAR | st.just("2147483648"), min_size=1, max_size=5)
SIGNAL = PLAIN.flatmap(lambda items: joined(items, "[]")) | PLAIN.map(
    lambda items: f"[{','.join(items)}]"
)


@st.composite
def member(draw: st.DrawFn, keys: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> str:
    return draw(keys) + draw(SPACE) + ":" + draw(SPACE) + draw(values)


LIFTED = st.lists(member(st.sampled_from(['"signal"', '"\\u0073ignal"']), SIGNAL), max_size=1)


def containers(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arrays = st.lists(values, max_size=4).flatmap(lambda items: joined(items, "[]"))
    members = st.tuples(
        st.lists(member(KEY, values), max_size=3),
        LIFTED,
        st.lists(member(OTHER, values), max_size=1),
    )
    objects = members.flatmap(lambda parts: joined([*chain.from_iterable(parts)], "{}"))
    spoiled = SPOILED.flatmap(lambda items: joined(items, "[]"))
    return st.one_of(arrays, objects, objects, objects, SIGNAL, spoiled)


VALUE = containers(st.recursive(SCALAR, containers, max_leaves=8))


def encoded(before: str, value: str, after: str) -> bytes:
    return (before + value + after).encode("utf-8", "surrogatepass")


DOCUMENT = st.builds(encoded, SPACE, VALUE, SPACE)


@given(body=DOCUMENT)
@settings(max_examples=200)
def test_documents_are_read_like_json(body: bytes) -> None:
    assert lifted(body) == oracle(body)


@given(
    body=DOCUMENT,
    at=st.floats(0, 1),
    cut=st.integers(0, 2),
    insert=st.sampled_from(
        [*'{}[],:"\\-+.eE0u ', "\n", "\x00", "\x7f", "1", "tr", "NaN", "é", "12,"]
    )
    | st.just("")
    | st.sampled_from(["\ud800"]),
)
@settings(max_examples=300)
def test_damaged_documents_are_judged_like_json(
    body: bytes, at: float, cut: int, insert: str
) -> None:
    place = int(at * len(body))
    damaged = body[:place] + insert.encode("utf-8", "surrogatepass") + body[place + cut :]
    assert lifted(damaged) == oracle(damaged)


@given(items=PLAIN, noise=st.binary(min_size=1, max_size=1), at=st.floats(0, 1))
@settings(max_examples=200)
def test_damaged_signals_are_judged_like_json(items: list[str], noise: bytes, at: float) -> None:
    array = f"[{','.join(items * 4)}]".encode()
    place = int(at * len(array))
    for damaged in (
        array[:place] + noise + array[place:],
        array[:place] + noise + array[place + 1 :],
    ):
        body = b'{"signal":' + damaged + b',"end":0}' + b" " * 64
        assert lifted(body) == oracle(body)


@given(body=SIGNAL.map(str.encode))
def test_one_signal_is_read_like_json(body: bytes) -> None:
    assert parse_signal(body).to_list() == json.loads(body)
    assert parse_signal(b" \n" + body + b"\t\r ").to_list() == json.loads(body)


@given(document=VALUE, key=st.text(max_size=3))
def test_the_key_may_be_any(document: str, key: str) -> None:
    body = f"[{json.dumps({key: [1, -2]})}, {json.dumps([key])}]".encode()
    skeleton, signals = lift_signals(body, key)
    assert json.loads(skeleton) == [{key: 0}, [key]]
    assert [signal.to_list() for signal in signals] == [[1, -2]]


@given(bodies=st.lists(DOCUMENT, max_size=6))
def test_a_batch_is_its_bodies_one_by_one(bodies: list[bytes]) -> None:
    for body, outcome in zip(bodies, read_batch(bodies), strict=True):
        if isinstance(outcome, DecodeError):
            assert oracle(body) is None
        else:
            assert (outcome.skeleton, outcome.signals) == lift_signals(body)


def test_documents_without_signals_stay_as_they_are() -> None:
    for body in (b"5", b' {"a" : [1, 2.50, "\\u00e9"]}\n', b"[[[]]]"):
        assert lift_signals(body) == (body, [])
