import subprocess
import sys
from uuid import RFC_4122, UUID

import pytest

from ecg_service.domain.ids import MonotonicIds, least_id, next_id

MILLISECOND = 1_000_000
NOON = 1_779_019_200_000 * MILLISECOND


def made_at(*moments: int) -> list[UUID]:
    """Make an id at each of these moments, in nanoseconds since 1970."""
    clock = iter(moments)
    ids = MonotonicIds(lambda: next(clock))
    return [ids.next() for _ in moments]


def ordered(ids: list[UUID]) -> bool:
    return ids == sorted(set(ids))


def milliseconds(one: UUID) -> int:
    return one.int >> 80


def test_an_id_is_a_uuid_of_version_7() -> None:
    [one] = made_at(NOON)
    assert (one.version, one.variant, one.time_low) == (7, RFC_4122, NOON // MILLISECOND >> 16)


def test_ids_have_the_time_at_which_they_were_made() -> None:
    moments = [NOON, NOON + MILLISECOND, NOON + 7 * MILLISECOND]
    ids = made_at(*moments)
    assert [milliseconds(one) * MILLISECOND for one in ids] == moments
    assert ordered(ids)


def test_ids_of_one_millisecond_are_in_order() -> None:
    assert ordered(made_at(*range(NOON, NOON + MILLISECOND, 300)))
    assert ordered(made_at(*[NOON] * 9_999))


def test_a_clock_that_is_put_back_does_not_put_ids_back() -> None:
    ids = made_at(NOON, NOON - 3600 * 1000 * MILLISECOND, 0, NOON + 1, NOON + MILLISECOND)
    assert ordered(ids)
    assert milliseconds(ids[-1]) == NOON // MILLISECOND + 1


def test_before_1970_ids_are_made_all_the_same() -> None:
    ids = made_at(-NOON, -1, 0, -NOON)
    assert ordered(ids)
    assert {(one.version, milliseconds(one)) for one in ids} == {(7, 0)}


@pytest.mark.parametrize("moment", [NOON, NOON + MILLISECOND - 1, 0])
def test_the_least_id_of_a_moment_parts_earlier_ids_from_later_ones(moment: int) -> None:
    start = moment // MILLISECOND * MILLISECOND
    before, at, later = made_at(start - MILLISECOND, start, start + MILLISECOND)
    assert before < least_id(moment) < at < later or start == 0
    assert least_id(moment) <= at


def test_before_1970_every_id_is_later() -> None:
    assert least_id(-NOON) == UUID(int=0)


def test_ids_of_this_process_are_in_order_and_cannot_be_guessed() -> None:
    ids = [next_id() for _ in range(1_000)]
    assert ordered(ids)
    assert len({one.int & (1 << 62) - 1 for one in ids}) == len(ids)


def test_a_forked_process_makes_other_ids() -> None:
    script = (
        "import os; from ecg_service.domain.ids import MonotonicIds\n"
        "ids = MonotonicIds(lambda: 0); ids.next(); os.fork(); os.write(1, ids.next().bytes)"
    )
    ids = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout

    assert len(ids) == 32
    assert ids[:16] != ids[16:]
