import os

from ecg_service.bootstrap.metrics.kinds import Snapshot
from ecg_service.bootstrap.metrics.shared import SIZE, Slots

ONE: Snapshot = {"ecg_samples_total": [((), [7.0])]}


def in_a_child(slots: Slots, snapshot: Snapshot) -> None:
    """Leave a snapshot as a process that ends at once does."""
    if (pid := os.fork()) == 0:
        slots.claim()
        slots.publish(snapshot)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_what_a_process_leaves_is_there_when_it_has_ended() -> None:
    slots = Slots(2)
    in_a_child(slots, ONE)
    assert [*slots.all()] == [(ONE, False)]


def test_the_next_one_goes_on_from_it() -> None:
    slots = Slots(1)
    in_a_child(slots, ONE)
    assert slots.claim() == ONE
    assert [*slots.all()] == [(ONE, True)]


def test_each_has_its_own_and_who_finds_none_is_not_counted() -> None:
    slots = Slots(1)
    assert slots.claim() == {}
    slots.publish(ONE)
    in_a_child(slots, {"ecg_samples_total": [((), [9.0])]})
    assert [*slots.all()] == [(ONE, True)]


def test_what_is_too_long_is_left_out() -> None:
    slots = Slots(1)
    slots.claim()
    slots.publish(ONE)
    slots.publish({"x" * SIZE: []})
    assert [*slots.all()] == [(ONE, True)]
