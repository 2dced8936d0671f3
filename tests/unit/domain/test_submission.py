from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ecg_core
from ecg_service.domain import submission
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import Invalid
from ecg_service.domain.same import Same
from ecg_service.domain.submission import SubmittedEcg, SubmittedLead, fingerprint, valid_ecg
from ecg_service.domain.violations import conform

RECEIVED = datetime(2026, 11, 26, tzinfo=UTC)
WEST = timezone(timedelta(hours=-1))
SIGNAL = ecg_core.Signal([1, -2])


def valid(submitted: SubmittedEcg, *signals: ecg_core.Signal) -> Ecg:
    return valid_ecg(submitted, signals, ecg_id=UUID(int=1), owner="ann", received=RECEIVED)


def test_a_description_has_a_signal_for_each_lead() -> None:
    submitted = SubmittedEcg(leads=[SubmittedLead("I", 0), SubmittedLead("II", 1)])
    assert [lead.num_samples for lead in valid(submitted, SIGNAL, SIGNAL).leads] == [2, 2]
    for signals in ((SIGNAL,), (SIGNAL,) * 3):
        with pytest.raises(ValueError, match="zip"):
            valid(submitted, *signals)


LABEL = "printable characters without spaces at the ends."


def test_each_broken_rule_is_named_in_words() -> None:
    lead = SubmittedLead(" I", 0, num_samples=3, unit="")
    submitted = SubmittedEcg(leads=[lead], id="\n", date=datetime.max.replace(tzinfo=WEST))
    with pytest.raises(Invalid) as raised:
        valid(submitted, ecg_core.Signal([]))
    assert [(v.path, v.code, v.detail) for v in raised.value.violations] == [
        (("leads", 0, "name"), "not_a_label", f"Expected 1 to 32 {LABEL}"),
        (("leads", 0, "unit"), "not_a_label", f"Expected 1 to 16 {LABEL}"),
        (("leads", 0, "signal"), "empty", "A signal has at least one sample."),
        (
            ("leads", 0, "num_samples"),
            "wrong_length",
            "num_samples is 3, but the signal has 0.",
        ),
        (("date",), "out_of_range", "The date in UTC is outside the years 1 to 9999."),
        (("id",), "not_a_label", f"Expected 1 to 128 {LABEL}"),
    ]


LEADS = st.lists(
    st.builds(
        SubmittedLead,
        st.sampled_from(["avr", "I", " "]),
        st.just(0),
        num_samples=st.none() | st.just(2),
        unit=st.none() | st.sampled_from(["mV", ""]),
        missing=st.none() | st.just(1),
    ),
    min_size=1,
    max_size=3,
)
SIGNALS = st.lists(st.sampled_from([[], [1], [1, 1], [1, -2]]).map(ecg_core.Signal), min_size=9)


@given(LEADS, SIGNALS)
def test_leads_that_are_known_are_valid_as_all_others(
    leads: list[SubmittedLead], signals: list[ecg_core.Signal]
) -> None:
    """One set of leads comes with different signals, each of them twice."""
    known, taken = SubmittedEcg(leads=Same(leads)), len(leads)
    for start in (*range(0, 9 - taken, taken), 0):
        some = signals[start : start + taken]
        assert outcome_of(known, *some) == outcome_of(SubmittedEcg(leads=leads), *some)


def outcome_of(submitted: SubmittedEcg, *signals: ecg_core.Signal) -> object:
    try:
        return valid(submitted, *signals)
    except Invalid as error:
        return error.violations


def print_of(submitted: SubmittedEcg, *signals: ecg_core.Signal) -> bytes:
    return fingerprint(submitted, valid(submitted, *signals), signals)


@pytest.mark.parametrize(("last", "beyond"), [(-(2**31), -(2**31) - 1), (2**31 - 1, 2**31)])
@pytest.mark.parametrize("field", ["baseline", "missing"])
def test_a_baseline_and_what_is_missing_are_integers_of_32_bits(
    field: str, last: int, beyond: int
) -> None:
    lead = {"name": "I", "signal": 0}
    assert getattr(conform(lead | {field: last}, SubmittedLead), field) == last
    with pytest.raises(Invalid):
        conform(lead | {field: beyond}, SubmittedLead)


def test_a_fingerprint_is_of_the_content_as_sent() -> None:
    submitted = SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x")
    same = SubmittedEcg(leads=[SubmittedLead("aVR", 0, num_samples=2)], id="x")
    assert print_of(submitted, SIGNAL) == print_of(same, SIGNAL)
    others = [
        (SubmittedEcg(leads=[SubmittedLead("I", 0)], id="x"), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x", date=RECEIVED), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x", sampling_rate=1.0), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0, missing=0)], id="x"), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0, missing=1)], id="x"), SIGNAL),
        (submitted, ecg_core.Signal([1, -3])),
    ]
    prints = {print_of(submitted, SIGNAL), *(print_of(*other) for other in others)}
    assert len(prints) == 1 + len(others)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_the_fingerprint_of_a_long_signal_is_that_of_its_whole_text(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    long = ecg_core.Signal([12, -3, 0, 2**31 - 1, -(2**31), 7])
    submitted = SubmittedEcg(leads=[SubmittedLead("I", 0)], id="x")
    whole = print_of(submitted, long)
    monkeypatch.setattr(submission, "LONG", size)
    assert print_of(submitted, long) == whole
