import codecs
import gzip
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import EcgError, Invalid, Malformed
from ecg_service.domain.signals import Samples
from ecg_service.domain.submission import MAX_VIOLATIONS, SubmittedEcg, valid_ecg
from ecg_service.formats.json import Json

RECEIVED = datetime(2026, 11, 26, tzinfo=UTC)
ID = UUID(int=7)


def ecg(_: int, submitted: SubmittedEcg, signals: Sequence[Samples], __: bytes) -> Ecg:
    return valid_ecg(submitted, signals, ecg_id=ID, owner="ann", received=RECEIVED)


def read(document: str) -> Ecg | EcgError:
    [answer] = Json().read([document.encode()], ecg)
    return answer


def test_a_full_document_becomes_an_ecg() -> None:
    assert read(
        '{"id":"x","date":"2026-05-17T14:00:00+02:00","sampling_rate":500,"leads":['
        '{"name":"avr","signal":[1,2],"num_samples":2,"gain":200,"baseline":-5,"unit":"mV",'
        '"missing":2},{"signal":[3],"name":"x"}]}'
    ) == Ecg(
        ID,
        "ann",
        leads=(Lead("aVR", 2, 200.0, -5, "mV", 2, 1), Lead("x", 1)),
        date=datetime(2026, 5, 17, 12, tzinfo=UTC),
        sampling_rate=500.0,
        client_id="x",
    )


def test_a_short_document_leaves_the_rest_open() -> None:
    assert read('{"leads":[{"name":"I","signal":[1]}]}') == Ecg(
        ID, "ann", RECEIVED, (Lead("I", 1),)
    )


def test_leads_beyond_the_bound_are_not_read() -> None:
    lead = '{"name":"I","signal":[1]}'
    documents = [f'{{"leads":[{lead},{lead}{more}]}}'.encode() for more in ("", ',{"signal":"x"}')]
    good, refused = Json().read(documents, ecg, max_leads=2)
    assert isinstance(good, Ecg)
    assert isinstance(refused, Invalid)
    assert [violation.path for violation in refused.violations] == [("leads",)]


def test_signals_belong_to_leads_in_the_order_of_the_document() -> None:
    found = read('{"leads":[{"signal":[1],"name":"a"},{"name":"b","signal":[1,2]}]}')
    assert isinstance(found, Ecg)
    assert [(lead.name, lead.num_samples) for lead in found.leads] == [("a", 1), ("b", 2)]


def test_no_more_violations_are_named_than_anybody_reads() -> None:
    leads = ",".join(['{"name":"","signal":[]}'] * MAX_VIOLATIONS)
    refused = read(f'{{"leads":[{leads}]}}')
    assert isinstance(refused, Invalid)
    assert len(refused.violations) == MAX_VIOLATIONS


@pytest.mark.parametrize("document", ['{"leads":', "", "nul", '{"leads":[]}{}'])
def test_a_document_that_is_no_json_is_malformed(document: str) -> None:
    assert isinstance(read(document), Malformed)


DOCUMENT = b'{"leads":[{"name":"I","signal":[1]}]}'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is empty: send a JSON document."),
        (b" \n", "The body is empty: send a JSON document."),
        (
            gzip.compress(DOCUMENT, mtime=0),
            "The body is compressed with gzip: say so in Content-Encoding.",
        ),
        (b"\x28\xb5\x2f\xfd\x04", "The body is compressed with zstd: say so in Content-Encoding."),
        (DOCUMENT.decode().encode("utf-16"), "The body is UTF-16: send UTF-8."),
        (
            codecs.BOM_UTF16_BE + DOCUMENT.decode().encode("utf-16-be"),
            "The body is UTF-16: send UTF-8.",
        ),
        (DOCUMENT.decode().encode("utf-32"), "The body is UTF-32: send UTF-8."),
        (DOCUMENT.decode().encode("utf-16-le"), "The body is UTF-16: send UTF-8."),
        (DOCUMENT.decode().encode("utf-16-be"), "The body is UTF-16: send UTF-8."),
        (b"<AnnotatedECG>", "The body is XML or HTML: send a JSON document."),
        (
            DOCUMENT + b"\n" + DOCUMENT,
            "expected the end at byte 38: send one document in each request",
        ),
        (b'{"leads":[', 'expected a value at byte 10, pointer "/leads/0"'),
    ],
)
def test_what_a_malformed_body_seems_to_be_is_said(body: bytes, detail: str) -> None:
    [refused] = Json().read([body], ecg)
    assert isinstance(refused, Malformed)
    assert [violation.detail for violation in refused.violations] == [detail]


MISSING = (
    "for a missing sample send an integer that is never measured and name it in the lead,"
    ' such as "missing": -32768'
)


@pytest.mark.parametrize("word", ["null", "NaN"])
@pytest.mark.parametrize("before", ["", "1,", "7, -7,\n", "1," * 300])
def test_what_is_no_sample_is_refused_and_the_sender_told_of_missing(
    word: str, before: str
) -> None:
    refused = read('{"leads":[{"name":"I","signal":[' + before + word + ",2]}]}")
    assert isinstance(refused, Invalid)
    [violation] = refused.violations
    assert violation.path == ("leads", "0", "signal", str(before.count(",")))
    assert violation.detail.endswith(f": {MISSING}")


@pytest.mark.parametrize("lead", ['"gain":NaN', '"signal":[nul]', '"signal":[1,"null"]'])
def test_what_is_wrong_otherwise_is_not_explained_by_missing_samples(lead: str) -> None:
    refused = read('{"leads":[{"name":"I",' + lead + "}]}")
    assert isinstance(refused, Invalid)
    assert all(MISSING not in violation.detail for violation in refused.violations)


def test_what_follows_a_document_has_its_own_code() -> None:
    for more in ("{}", "x", "]", "\n1"):
        refused = read('{"leads":[]}' + more)
        assert isinstance(refused, Malformed)
        assert [violation.code for violation in refused.violations] == ["trailing"]


def test_the_place_of_an_error_has_the_keys_as_they_were_sent() -> None:
    refused = read('{"a~b":{"c/d":nul}}')
    assert isinstance(refused, Malformed)
    assert [violation.path for violation in refused.violations] == [("a~b", "c/d")]


def test_a_byte_order_mark_is_ignored() -> None:
    marked, plain = Json().read([b"\xef\xbb\xbf" + DOCUMENT, DOCUMENT], ecg)
    assert marked == plain == Ecg(ID, "ann", RECEIVED, (Lead("I", 1),))


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (
            '{"leads":[{"name":"I","signal":[1,0.5]}]}',
            ("leads", "0", "signal", "1"),
            "not_an_integer",
        ),
        ('{"leads":[{"name":"I","signal":[1]}],"x":1}', ("x",), "unknown_field"),
        ('{"leads":[{"name":"","signal":[1]}]}', ("leads", 0, "name"), "not_a_label"),
        ('{"leads":[{"name":"I","signal":[]}]}', ("leads", 0, "signal"), "empty"),
        (
            '{"leads":[{"name":"I","signal":[1],"num_samples":2}]}',
            ("leads", 0, "num_samples"),
            "wrong_length",
        ),
        ('{"leads":[{"name":"I","signal":[1],"unit":" "}]}', ("leads", 0, "unit"), "not_a_label"),
        ('{"leads":[{"name":"I","signal":[1]}],"id":""}', ("id",), "not_a_label"),
        (
            '{"leads":[{"name":"I","signal":[1]}],"date":"0001-01-01T00:00:00+01:00"}',
            ("date",),
            "out_of_range",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_place(
    document: str, path: tuple[str | int, ...], code: str
) -> None:
    refused = read(document)
    assert isinstance(refused, Invalid)
    assert [(v.path, v.code) for v in refused.violations] == [(path, code)]
