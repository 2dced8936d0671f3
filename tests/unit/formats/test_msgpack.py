import gzip
import math
import struct

import msgspec
import pytest

from ecg_service.domain.errors import Invalid, Malformed
from ecg_service.formats import FORMATS
from tests.unit.formats.documents import MSGPACK, whole
from tests.unit.formats.test_json import MISSING

GOOD = msgspec.msgpack.encode({"leads": [{"name": "I", "signal": [1]}]})


def with_signal(signal: bytes, more: bytes = b"", fields: int = 2) -> bytes:
    head = b"\x81\xa5leads\x91" + bytes([0x80 + fields])
    return head + b"\xa4name\xa1I\xa6signal" + signal + more


I16LE = b"\xa8encoding\xa5i16le"
REFUSED = {
    "a float": (
        with_signal(b"\x92\x01\xca\x00\x00\x00\x00"),
        "/leads/0/signal/1",
        "not_an_integer",
    ),
    "a bool": (with_signal(b"\x92\x01\xc3"), "/leads/0/signal/1", "not_an_integer"),
    "null": (with_signal(b"\x92\x01\xc0"), "/leads/0/signal/1", "not_an_integer"),
    "an array": (with_signal(b"\x92\x01\x91\x01"), "/leads/0/signal/1", "not_an_integer"),
    "beyond int32": (with_signal(b"\x91\xce\x80\x00\x00\x00"), "/leads/0/signal/0", "out_of_range"),
    "text": (with_signal(b"\xa1x"), "/leads/0/signal", "not_an_array"),
    "a number": (with_signal(b"\x00"), "/leads/0/signal", "not_an_array"),
    "extension": (with_signal(b"\xd4\x01\x00"), "/leads/0/signal", "unsupported"),
    "a timestamp": (b"\x81\xa4date\xd6\xff\x00\x00\x00\x00", "/date", "unsupported"),
    "many keys": (b"\xde\x04\x01" + b"\x00" * 2050, "", "unsupported"),
    "a key of bytes": (b"\x81\xc4\x01a\x00", "", "unsupported"),
    "name of bytes": (
        with_signal(b"\x90").replace(b"\xa1I", b"\xc4\x01I"),
        "/leads/0/name",
        "wrong_type",
    ),
    "twice": (
        with_signal(b"\x91\x01", b"\xa6signal\x91\x01", 3),
        "/leads/0/signal",
        "duplicate_key",
    ),
    "deep": (b"\x91" * 65 + b"\x00", "/0" * 64, "depth"),
    "no encoding": (with_signal(b"\xc4\x02\x00\x00"), "/leads/0/encoding", "wrong_encoding"),
    "null encoding": (
        with_signal(b"\xc4\x00", b"\xa8encoding\xc0", 3),
        "/leads/0/encoding",
        "wrong_encoding",
    ),
    "other encoding": (
        with_signal(b"\xc4\x00", b"\xa8encoding\xa5i16be", 3),
        "/leads/0/encoding",
        "wrong_encoding",
    ),
    "encoded array": (with_signal(b"\x91\x01", I16LE, 3), "/leads/0/encoding", "wrong_encoding"),
    "odd length": (
        with_signal(b"\xc4\x03\x00\x00\x00", I16LE, 3),
        "/leads/0/signal",
        "wrong_length",
    ),
    "no bytes": (with_signal(b"\xc4\x00", I16LE, 3), "/leads/0/signal", "empty"),
    "a list": (b"\x90", "", "wrong_type"),
}


@pytest.mark.parametrize(("body", "place", "code"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_a_rule_is_named_with_its_place(body: bytes, place: str, code: str) -> None:
    [refused] = MSGPACK.read([body], whole)
    assert isinstance(refused, Invalid)
    assert not isinstance(refused, Malformed)
    [violation] = refused.violations
    assert ("".join(f"/{step}" for step in violation.path), violation.code) == (place, code)


MALFORMED = {
    "cut": (GOOD[:-1], "/leads/0/signal", "syntax"),
    "more": (GOOD + b"\xc0", "", "trailing"),
    "no UTF-8": (with_signal(b"\x90").replace(b"\xa1I", b"\xa1\xff"), "/leads/0/name", "encoding"),
    "array that lies": (with_signal(b"\xdd\xff\xff\xff\xff\x01"), "/leads/0/signal", "syntax"),
    "bytes that lie": (with_signal(b"\xc6\xff\xff\xff\xff\x01"), "/leads/0/signal", "syntax"),
    "leads that lie": (b"\x81\xa5leads\xdd\xff\xff\xff\xff\x80", "/leads", "syntax"),
    "map that lies": (b"\xdf\xff\xff\xff\xff\xa1a\x00", "", "syntax"),
    "reserved": (b"\xc1", "", "syntax"),
}


@pytest.mark.parametrize(("body", "place", "code"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_message_pack_is_malformed_at_its_place(
    body: bytes, place: str, code: str
) -> None:
    [refused] = MSGPACK.read([body], whole)
    assert isinstance(refused, Malformed)
    [violation] = refused.violations
    assert ("".join(f"/{step}" for step in violation.path), violation.code) == (place, code)


def test_a_rejected_document_does_not_affect_the_others() -> None:
    first, refused, last = MSGPACK.read([GOOD, b"\xc1", GOOD], whole)
    assert first == last
    assert isinstance(refused, Malformed)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is empty: send a map of MessagePack."),
        (b'{"leads":[]}', "The body is JSON: send it as application/json."),
        (gzip.compress(GOOD, mtime=0), "expected the end at byte 1"),
    ],
)
def test_what_a_malformed_body_seems_to_be_is_said(body: bytes, detail: str) -> None:
    [refused] = MSGPACK.read([body], whole)
    assert isinstance(refused, Malformed)
    assert [violation.detail for violation in refused.violations] == [detail]


NO_SAMPLES = {
    "nil": b"\xc0",
    "NaN of 32 bits": b"\xca" + struct.pack(">f", math.nan),
    "NaN of 64 bits": b"\xcb" + struct.pack(">d", math.nan),
}


@pytest.mark.parametrize("sample", NO_SAMPLES.values(), ids=NO_SAMPLES)
def test_who_sends_no_sample_is_told_of_missing(sample: bytes) -> None:
    [refused] = MSGPACK.read([with_signal(b"\x92\x01" + sample)], whole)
    assert isinstance(refused, Invalid)
    [violation] = refused.violations
    assert violation.path == ("leads", "0", "signal", "1")
    assert violation.detail.endswith(f": {MISSING}")


def test_what_is_no_number_elsewhere_is_not_explained_by_missing_samples() -> None:
    [refused] = MSGPACK.read(
        [
            with_signal(b"\xc0"),
        ],
        whole,
    )
    assert isinstance(refused, Invalid)
    assert MISSING not in refused.violations[0].detail


def test_its_media_type_has_many_spellings() -> None:
    for name in ("msgpack", "vnd.msgpack", "x-msgpack"):
        assert FORMATS[f"application/{name}"] is MSGPACK
