from datetime import UTC, datetime
from uuid import UUID

import pytest

import ecg_core
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.submission import SubmittedEcg, SubmittedLead, fingerprint, valid_ecg

RECEIVED = datetime(2026, 11, 26, tzinfo=UTC)
SIGNAL = ecg_core.Signal([1, -2])


def valid(submitted: SubmittedEcg, *signals: ecg_core.Signal) -> Ecg:
    return valid_ecg(submitted, signals, ecg_id=UUID(int=1), owner="ann", received=RECEIVED)


def test_a_description_has_a_signal_for_each_lead() -> None:
    submitted = SubmittedEcg(leads=[SubmittedLead("I", 0), SubmittedLead("II", 1)])
    assert [lead.num_samples for lead in valid(submitted, SIGNAL, SIGNAL).leads] == [2, 2]
    for signals in ((SIGNAL,), (SIGNAL,) * 3):
        with pytest.raises(ValueError, match="zip"):
            valid(submitted, *signals)


def print_of(submitted: SubmittedEcg, *signals: ecg_core.Signal) -> bytes:
    return fingerprint(submitted, valid(submitted, *signals), signals)


def test_a_fingerprint_is_of_the_content_as_sent() -> None:
    submitted = SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x")
    same = SubmittedEcg(leads=[SubmittedLead("aVR", 0, num_samples=2)], id="x")
    assert print_of(submitted, SIGNAL) == print_of(same, SIGNAL)
    others = [
        (SubmittedEcg(leads=[SubmittedLead("I", 0)], id="x"), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x", date=RECEIVED), SIGNAL),
        (SubmittedEcg(leads=[SubmittedLead("avr", 0)], id="x", sampling_rate=1.0), SIGNAL),
        (submitted, ecg_core.Signal([1, -3])),
    ]
    prints = {print_of(submitted, SIGNAL), *(print_of(*other) for other in others)}
    assert len(prints) == 1 + len(others)
