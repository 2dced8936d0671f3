import pytest

from ecg_service.domain.errors import EcgError, Malformed, Overloaded, TooLarge
from ecg_service.formats.framing import FRAMINGS, LengthPrefixed, Lines

BODY = b'{"a": 1}\n\n[2]\r\n \t\r\n{}'
DOCUMENTS = [b'{"a": 1}', b"[2]\r", b"{}"]


def lines(*pieces: bytes, max_bytes: int = 100) -> list[bytes | EcgError]:
    splitter = Lines(max_bytes)
    found = [document for piece in pieces for document in splitter.split(piece)]
    return [*found, *splitter.end()]


@pytest.mark.parametrize("cut", range(len(BODY) + 1))
def test_where_the_pieces_end_does_not_matter(cut: int) -> None:
    assert lines(BODY[:cut], BODY[cut:]) == DOCUMENTS
    assert lines(BODY[:cut], b"", BODY[cut:] + b"\n") == DOCUMENTS
    assert lines(*(BODY[i : i + 1] for i in range(len(BODY)))) == DOCUMENTS


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\n\t"])
def test_blank_lines_are_no_documents(body: bytes) -> None:
    assert lines(body) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_a_document_that_is_too_large_costs_no_other(size: int) -> None:
    body = b"1\n" + b"x" * 6 + b"\n2"
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    first, large, last = lines(*pieces, max_bytes=5)
    assert (first, last) == (b"1", b"2")
    assert isinstance(large, TooLarge)


def test_no_more_is_kept_than_a_document_may_have() -> None:
    splitter = Lines(5)
    sizes: list[int] = []
    for _ in range(20):
        assert list(splitter.split(b"x")) == []
        sizes.append(splitter.size)
    assert sizes == [1, 2, 3, 4, 5, *[0] * 15]


def test_a_document_is_skipped_to_its_end() -> None:
    splitter, reason = Lines(100), Overloaded()
    assert list(splitter.split(b"1\n2")) == [b"1"]
    splitter.skip(reason)
    assert list(splitter.split(b"3")) == []
    assert list(splitter.split(b"4\n5")) == [reason]
    assert list(splitter.end()) == [b"5"]


def test_media_types_are_in_lower_case() -> None:
    assert {name.lower() for name in FRAMINGS} == set(FRAMINGS)


STREAM = b"\0\0\0\x03abc\0\0\0\0\0\0\0\x05\0\0\0\x01\n"
PREFIXED = [b"abc", b"", b"\0\0\0\x01\n"]


def prefixed(*pieces: bytes, max_bytes: int = 100) -> list[bytes | EcgError]:
    splitter = LengthPrefixed(max_bytes)
    found = [document for piece in pieces for document in splitter.split(piece)]
    assert splitter.size <= max_bytes
    return [*found, *splitter.end(), *splitter.end()]


def every(size: int, body: bytes) -> list[bytes]:
    return [body[i : i + size] for i in range(0, len(body), size)]


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_lengths_say_where_documents_end(cut: int) -> None:
    assert prefixed(STREAM[:cut], b"", STREAM[cut:]) == PREFIXED
    assert prefixed(*every(cut + 1, STREAM)) == PREFIXED
    assert prefixed() == prefixed(b"") == []


@pytest.mark.parametrize("cut", [1, 3, 4, 6, 8, 10, 12, 15])
def test_a_document_that_the_body_cuts_off_is_told(cut: int) -> None:
    *whole, last = prefixed(*every(2, STREAM[:cut]))
    assert whole == PREFIXED[: len(whole)]
    assert isinstance(last, Malformed)
    assert last.violations[0].code == "truncated"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_a_length_that_is_too_large_costs_no_other(size: int) -> None:
    body = b"\0\0\0\x011" + b"\0\0\0\x06xxxxxx" + b"\0\0\0\x012"
    first, large, last = prefixed(*every(size, body), max_bytes=5)
    assert (first, last) == (b"1", b"2")
    assert isinstance(large, TooLarge)
    [never_there] = prefixed(b"\xff" * 99, max_bytes=5)
    assert isinstance(never_there, TooLarge)


def test_no_more_is_kept_than_has_come_of_a_document() -> None:
    splitter = LengthPrefixed(5)
    sizes: list[int] = []
    for byte in every(1, b"\0\0\0\x03abc" + b"\0\0\0\x06abcdef"):
        list(splitter.split(byte))
        sizes.append(splitter.size)
    assert sizes == [0, 0, 0, 0, 1, 2, 0, *[0] * 10]


def test_a_document_is_skipped_by_its_length() -> None:
    splitter, reason = LengthPrefixed(100), Overloaded()
    assert list(splitter.split(STREAM[:5])) == []
    splitter.skip(reason)
    assert list(splitter.split(STREAM[5:6])) == []
    assert list(splitter.split(STREAM[6:])) == [reason, *PREFIXED[1:]]
