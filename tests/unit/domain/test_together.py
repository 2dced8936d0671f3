import pytest

from ecg_service.domain.errors import (
    DamagedEcg,
    EcgIdsTaken,
    EcgIdTaken,
    Invalid,
    Malformed,
    Violation,
)
from ecg_service.domain.together import MAX_PLACES, require_all


def test_nothing_is_raised_if_none_is_refused() -> None:
    require_all([b"{}", b"[]"])
    require_all([])


def test_every_violation_is_placed() -> None:
    two = Invalid(Violation(("leads", 0), "a", "A."), Violation((), "b", "B."))
    with pytest.raises(Invalid) as refused:
        require_all([b"{}", two, b"{}", Malformed(Violation((), "c", "C."))])
    assert type(refused.value) is Invalid
    assert [(one.path, one.code, one.detail) for one in refused.value.violations] == [
        (("items", 1, "leads", 0), "a", "A."),
        (("items", 1), "b", "B."),
        (("items", 3), "c", "C."),
    ]


def test_a_reason_that_is_no_fault_of_an_ecg_comes_first() -> None:
    with pytest.raises(DamagedEcg):
        require_all([EcgIdTaken(), DamagedEcg("x")])


def test_a_few_places_are_told() -> None:
    with pytest.raises(EcgIdsTaken) as refused:
        require_all([EcgIdTaken()] * (MAX_PLACES + 1))
    assert len(refused.value.violations) == MAX_PLACES
