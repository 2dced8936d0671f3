"""Errors name the byte, the value and the kind; hostile documents are refused in linear time."""

import json

import pytest

from ecg_core import DecodeError, lift_signals, parse_signal

MANY = 200_000


def error_of(body: bytes) -> tuple[str, int, str]:
    with pytest.raises(DecodeError) as caught:
        lift_signals(body)
    return caught.value.code, caught.value.offset, caught.value.pointer


@pytest.mark.parametrize(
    ("body", "code", "offset", "pointer"),
    [
        (b"", "syntax", 0, ""),
        (b"  ", "syntax", 2, ""),
        (b"{", "syntax", 1, ""),
        (b'{"a"', "syntax", 4, ""),
        (b'{"a":', "syntax", 5, "/a"),
        (b'{"a":1,}', "syntax", 7, ""),
        (b"[1,]", "syntax", 3, "/1"),
        (b"[1 2]", "syntax", 3, ""),
        (b"{1:2}", "syntax", 1, ""),
        (b"[1] x", "trailing", 4, ""),
        (b"{}[]", "trailing", 2, ""),
        (b"[1] \xff", "encoding", 4, ""),
        (b"[01]", "syntax", 2, ""),
        (b"[+1]", "syntax", 1, "/0"),
        (b"[1.]", "syntax", 3, "/0"),
        (b"[.5]", "syntax", 1, "/0"),
        (b"[NaN]", "syntax", 1, "/0"),
        (b"[nul]", "syntax", 4, "/0"),
        (b"[-Infinity]", "syntax", 2, "/0"),
        (b'["\\x"]', "syntax", 2, "/0"),
        (b'["ab\\ud800"]', "syntax", 4, "/0"),
        (b'["\\udc00"]', "syntax", 2, "/0"),
        (b'["\\ud800\\u0041"]', "syntax", 2, "/0"),
        (b'["\\ud800\\ud800"]', "syntax", 2, "/0"),
        (b'["\\ud800\\ue000"]', "syntax", 2, "/0"),
        (b'["\\u12g4"]', "syntax", 2, "/0"),
        (b'["a\nb"]', "syntax", 3, "/0"),
        (b'["abc', "syntax", 5, "/0"),
        (b"\xef\xbb\xbf[]", "syntax", 0, ""),
        (b'["ab\xff"]', "encoding", 4, "/0"),
        (b'["\xed\xa0\x80"]', "encoding", 2, "/0"),
        (b"\xff\xfe[\x00", "encoding", 0, ""),
        (b'{"a":1,"b":{"a":2,"\\u0061":3}}', "duplicate_key", 18, "/b/a"),
        (b'{"signal":5}', "not_an_array", 10, "/signal"),
        (b'{"signal": {"a": [1]}}', "not_an_array", 11, "/signal"),
        (b'{"signal":nil}', "syntax", 11, "/signal"),
        (b'{"leads":[{},{"signal":[1,2.5]}]}', "not_an_integer", 26, "/leads/1/signal/1"),
        (b'{"\\u0073ignal":[1,[2]]}', "not_an_integer", 18, "/signal/1"),
        (b'{"signal":[true]}', "not_an_integer", 11, "/signal/0"),
        (b'{"signal":["1"]}', "not_an_integer", 11, "/signal/0"),
        (b'{"signal":[1e2]}', "not_an_integer", 11, "/signal/0"),
        (b'{"signal":[null]}', "not_an_integer", 11, "/signal/0"),
        (b'{"signal":[{"signal":1}]}', "not_an_integer", 11, "/signal/0"),
        (b'{"signal":[1,01]}', "syntax", 14, "/signal"),
        (b'{"signal":[1,]}', "syntax", 13, "/signal/1"),
        (b'{"signal":[1', "syntax", 12, "/signal"),
        (b'{"signal":[0,2147483648]}', "out_of_range", 13, "/signal/1"),
        (b'{"signal":[-2147483649]}', "out_of_range", 11, "/signal/0"),
        (b'{"a/b~c":[tru]}', "syntax", 13, "/a~1b~0c/0"),
    ],
)
def test_the_place_is_exact(body: bytes, code: str, offset: int, pointer: str) -> None:
    assert error_of(body) == (code, offset, pointer)


@pytest.mark.parametrize("index", [0, 1, 7, 50, 100, 999])
def test_the_element_is_exact_in_long_signals(index: int) -> None:
    items = [str(value - 500) for value in range(1000)]
    for bad, code in [("1.5", "not_an_integer"), ("9999999999", "out_of_range"), ("-00", "syntax")]:
        spoiled = [*items[:index], bad, *items[index + 1 :]]
        body = f'{{"leads":[{{"signal":[{",".join(spoiled)}]}}]}}'.encode()
        offset = len('{"leads":[{"signal":[') + sum(len(item) + 1 for item in items[:index])
        inside = "" if code == "syntax" else f"/{index}"
        offset += 2 if code == "syntax" else 0  # the byte that should not be there
        assert error_of(body) == (code, offset, f"/leads/0/signal{inside}")


def test_one_signal_has_a_short_pointer() -> None:
    for body, code, offset, pointer in [
        (b"[1,2] 3", "trailing", 6, ""),
        (b'{"signal":[1]}', "not_an_array", 0, ""),
        (b"5", "not_an_array", 0, ""),
        (b"", "syntax", 0, ""),
        (b"[1,null]", "not_an_integer", 3, "/1"),
    ]:
        with pytest.raises(DecodeError) as caught:
            parse_signal(body)
        assert (caught.value.code, caught.value.offset, caught.value.pointer) == (
            code,
            offset,
            pointer,
        )


def test_the_pointer_is_cut_at_a_component() -> None:
    for length, kept in [(200, True), (254, True), (255, True), (256, False), (10**6, False)]:
        _, _, pointer = error_of(b'{"%s":[x]}' % (b"k" * length))
        assert len(pointer) <= 256
        assert pointer == (
            "/" + "k" * length + "/0" if length <= 253 else "/" + "k" * length if kept else ""
        )


def test_sixty_four_levels_are_the_limit() -> None:
    fine = b"[" * 64 + b"]" * 64
    assert lift_signals(fine) == (fine, [])
    assert error_of(b"[" + fine + b"]") == ("depth", 64, "/0" * 64)
    skeleton, signals = lift_signals(b"[" * 62 + b'{"signal":[7]}' + b"]" * 62)
    assert (json.loads(skeleton[62:-62]), signals[0].to_list()) == ({"signal": 0}, [7])
    assert error_of(b"[" * 63 + b'{"signal":[7]}' + b"]" * 63)[0] == "depth"


def test_hostile_nesting_space_and_escapes() -> None:
    assert error_of(b"[" * MANY)[:2] == ("depth", 64)
    assert error_of(b'{"a":' * MANY)[:2] == ("depth", 64 * 5)
    assert error_of(b'{"signal":' * MANY)[0] == "depth"
    assert error_of(b" " * MANY) == ("syntax", MANY, "")
    assert error_of(b'"' + b"\\" * MANY)[0] == "syntax"
    assert error_of(b'"' + b"\\u" * MANY)[0] == "syntax"
    assert error_of(b'{"signal":[' + b" " * MANY)[1] == MANY + 11
    assert error_of(b'{"signal":[' + b"1 ," * MANY)[1] == 3 * MANY + 11
    assert error_of(b'{"signal":[' + b"1234567890," * MANY + b"x]}")[1] == 11 * MANY + 11


def test_a_million_keys() -> None:
    members = [b'"k%d":0' % index for index in range(10**6)]
    body = b"{" + b",".join(members) + b"}"
    assert lift_signals(body) == (body, [])
    code, _, pointer = error_of(b"{" + b",".join([*members, b'"k7":1']) + b"}")
    assert (code, pointer) == ("duplicate_key", "/k7")


def test_integers_of_five_million_digits() -> None:
    digits = b"7" * 5_000_000
    assert error_of(b'{"signal":[1,-%s]}' % digits) == ("out_of_range", 13, "/signal/1")
    assert lift_signals(digits) == (digits, [])


def test_an_error_is_a_value_error_that_can_be_pickled() -> None:
    import pickle

    with pytest.raises(ValueError, match=r'at byte 1, pointer "/0"$') as caught:
        lift_signals(b"[")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.offset, copy.pointer, copy.code, str(copy)) == (
        1,
        "/0",
        "syntax",
        str(caught.value),
    )
