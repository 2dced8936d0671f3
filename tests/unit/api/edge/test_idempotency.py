"""Which keys are keys; tests/api/test_idempotency.py has the answers."""

import pytest

from ecg_service.api.edge.idempotency import MAX_KEY_LENGTH, key_of
from ecg_service.domain.errors import InvalidHeader

NAME = b"idempotency-key"
LONGEST = b"x" * MAX_KEY_LENGTH


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (b"8e03978e-40d5", "8e03978e-40d5"),
        (b'"8e03978e-40d5"', "8e03978e-40d5"),
        (b' "a b" ', "a b"),
        (rb'"a\"b\\c"', r'a"b\c'),
        (b"!#$%&'()*+-./:;<=>?@[]^_`{|}~", "!#$%&'()*+-./:;<=>?@[]^_`{|}~"),
        (b'" !#$%&,~"', " !#$%&,~"),
        (LONGEST, LONGEST.decode()),
        (b'"%b"' % LONGEST, LONGEST.decode()),
        (b'"%b"' % (rb"\"" * MAX_KEY_LENGTH), '"' * MAX_KEY_LENGTH),
    ],
)
def test_a_key_is_quoted_or_bare(value: bytes, key: str) -> None:
    assert key_of([(b"host", b"x"), (NAME, value)]) == key


def test_there_may_be_none() -> None:
    assert key_of([]) is None
    assert key_of([(b"x-idempotency-key", b"a")]) is None


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" ",
        b'""',
        b'"',
        b'"a',
        b'a"',
        b'"a"b',
        b'"a";x=1',
        b'"a", "b"',
        b"a,b",
        b"a b",
        rb"a\b",
        rb'"a\b"',
        rb'"a\"',
        b"a\x7f",
        b"a\x01",
        b'"a\tb"',
        "ä".encode(),
        '"ä"'.encode(),
        b"'a b'",
    ],
)
def test_what_is_no_key_is_refused(value: bytes) -> None:
    with pytest.raises(InvalidHeader) as caught:
        key_of([(NAME, value)])
    [violation] = caught.value.violations
    assert (violation.path, violation.code) == (("Idempotency-Key",), "not_a_key")


@pytest.mark.parametrize("value", [LONGEST + b"x", b'"%bx"' % LONGEST])
def test_a_key_is_bounded(value: bytes) -> None:
    with pytest.raises(InvalidHeader) as caught:
        key_of([(NAME, value)])
    assert caught.value.violations[0].code == "length"


def test_two_fields_are_no_key() -> None:
    with pytest.raises(InvalidHeader) as caught:
        key_of([(NAME, b"a"), (NAME, b"a")])
    assert caught.value.violations[0].code == "repeated"
