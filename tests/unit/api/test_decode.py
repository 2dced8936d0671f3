from datetime import UTC, datetime

import pytest

import ecg_core
from ecg_service.api.decode import MAX_VIOLATIONS, ecg_draft, small_body
from ecg_service.api.edge.problems import pointer
from ecg_service.api.schemas import PasswordChange
from ecg_service.domain.ecg import Draft, Lead, Reading
from ecg_service.domain.errors import Invalid, Malformed


def draft(body: str) -> Draft:
    [read] = ecg_core.read_batch([body.encode()])
    assert isinstance(read, ecg_core.Reading)
    return ecg_draft(Reading(read.skeleton, read.signals, read.blob))


def test_a_full_body_becomes_a_draft() -> None:
    assert draft(
        '{"id":"x","date":"2026-05-17T14:00:00+02:00","sampling_rate":500,"leads":['
        '{"name":"avr","signal":[1,2],"num_samples":2,"gain":200,"baseline":-5,"unit":"mV"},'
        '{"signal":[3],"name":"x"}]}'
    ) == Draft(
        leads=(Lead("aVR", 2, 200.0, -5, "mV"), Lead("x", 1)),
        date=datetime(2026, 5, 17, 12, tzinfo=UTC),
        sampling_rate=500.0,
        client_id="x",
    )


def test_a_short_body_leaves_the_rest_open() -> None:
    found = draft('{"leads":[{"name":"I","signal":[1]}]}')
    assert (found.date, found.sampling_rate, found.client_id) == (None, None, None)


def test_signals_belong_to_leads_in_the_order_of_the_body() -> None:
    found = draft('{"leads":[{"signal":[1],"name":"a"},{"name":"b","signal":[1,2]}]}')
    assert [(lead.name, lead.num_samples) for lead in found.leads] == [("a", 1), ("b", 2)]


def test_no_more_violations_are_named_than_anybody_reads() -> None:
    leads = ",".join(['{"name":"","signal":[]}'] * MAX_VIOLATIONS)
    with pytest.raises(Invalid) as refused:
        draft(f'{{"leads":[{leads}]}}')
    assert len(refused.value.violations) == MAX_VIOLATIONS


def test_a_skeleton_that_is_no_json_is_malformed() -> None:
    with pytest.raises(Malformed):
        ecg_draft(Reading(b'{"leads":', [], b""))


GOOD = b'{"current_password":"a","new_password":"12345678"}'


def test_a_small_body_is_decoded() -> None:
    assert small_body(PasswordChange, GOOD) == PasswordChange("a", "12345678")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5_000,
        GOOD + b"x",
        GOOD.replace(b'"a"', b"NaN"),
        b"\xef\xbb\xbf" + GOOD,
    ],
    ids=range(9),
)
def test_a_small_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        small_body(PasswordChange, body)


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        (b"{}", "/current_password", "missing_field"),
        (b"[]", "", "wrong_type"),
        (GOOD[:-1] + b',"x":1}', "/x", "unknown_field"),
        (GOOD[:-1] + b',"new_password":"87654321"}', "", "duplicate_key"),
        (GOOD[:-1] + b',"x":{"y":1,"\\u0079":2}}', "", "duplicate_key"),
    ],
)
def test_a_small_body_that_breaks_a_rule_is_invalid(body: bytes, place: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        small_body(PasswordChange, body)
    assert not isinstance(refused.value, Malformed)
    assert [(pointer(v.path), v.code) for v in refused.value.violations] == [(place, code)]
