import pytest

from ecg_service.domain.errors import TooManyGuesses
from ecg_service.services.passwords.guesses import FREE, HALF_LIFE, LONGEST, Guesses, place_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guesses(clock: Clock) -> Guesses:
    return Guesses(100, clock)


def guess(guesses: Guesses, name: str = "ann", address: str = "192.0.2.1", times: int = 1) -> None:
    for _ in range(times):
        guesses.ask(name, address)
        guesses.wrong(name, address)


def test_nobody_is_known_or_suspect_at_first(guesses: Guesses) -> None:
    assert guesses.ask("ann", "192.0.2.1") == (True, 0)


def test_after_some_wrong_ones_each_guess_waits_longer(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, times=FREE)
    waits: list[float] = []
    for _ in range(12):
        with pytest.raises(TooManyGuesses) as refused:
            guesses.require_time("ann", "192.0.2.1")
        waits.append(refused.value.seconds)
        clock.now += refused.value.seconds
        guesses.require_time("ann", "192.0.2.1")
        guess(guesses)
    assert waits == sorted(waits)
    assert 0.9 < waits[0] < 1.1
    assert waits[-1] == LONGEST


def test_a_guesser_has_about_a_hundred_guesses_an_hour(guesses: Guesses, clock: Clock) -> None:
    end, tried = clock.now + 3600, 0
    while clock.now < end:
        try:
            guesses.require_time("ann", "192.0.2.1")
        except TooManyGuesses as refused:
            clock.now += refused.seconds
        else:
            guess(guesses)
            tried += 1
    assert 100 <= tried <= 115


def test_nobody_is_locked_out_by_others(guesses: Guesses) -> None:
    guesses.right("ann", "198.51.100.7")
    guess(guesses, times=50)
    assert guesses.ask("ann", "198.51.100.7") == (False, 0)
    is_stranger, suspicion = guesses.ask("ann", "203.0.113.9")
    assert is_stranger
    assert suspicion == 51


def test_an_address_that_guesses_is_suspect_for_every_account(guesses: Guesses) -> None:
    for number in range(30):
        guess(guesses, f"user{number}")
    assert guesses.ask("another", "192.0.2.1") == (True, 30)
    assert guesses.ask("yet another", "192.0.2.2") == (True, 0)
    assert guesses.ask("user7", "192.0.2.3") == (True, 1)


def test_a_crowd_at_one_address_is_not_suspect_for_its_number(guesses: Guesses) -> None:
    for number in range(20):
        guesses.ask(f"user{number}", "192.0.2.1")
    assert guesses.rank("another", "192.0.2.1") == (True, 1)
    guesses.right("user7", "192.0.2.1")
    assert guesses.rank("another", "192.0.2.1") == (True, 0)
    guess(guesses, "user8")
    guesses.ask("user9", "192.0.2.1")
    assert guesses.rank("another", "192.0.2.1") == (True, 2)


def test_who_is_known_and_guesses_is_a_stranger_again(guesses: Guesses) -> None:
    guesses.right("ann", "192.0.2.1")
    guess(guesses, times=FREE)
    with pytest.raises(TooManyGuesses):
        guesses.require_time("ann", "192.0.2.1")
    is_stranger, _ = guesses.ask("ann", "192.0.2.1")
    assert is_stranger


def test_the_right_password_ends_the_wait(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, times=FREE)
    clock.now += LONGEST
    guesses.right("ann", "192.0.2.1")
    guess(guesses, times=FREE - 1)
    assert guesses.ask("ann", "192.0.2.1") == (False, 0)


def test_of_equals_the_latest_is_no_less_suspect(guesses: Guesses, clock: Clock) -> None:
    for name in ("ann", "bob"):
        guess(guesses, name, times=3)
    asked = list[tuple[bool, int]]()
    for name in ("ann", "bob"):
        asked.append(guesses.rank(name, "192.0.2.2"))
        clock.now += 0.1
    assert asked == [(True, 3), (True, 3)]


def test_suspicion_fades(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, times=8)
    clock.now += HALF_LIFE
    assert guesses.ask("ann", "192.0.2.2") == (True, 4)


def test_memory_is_bounded(clock: Clock) -> None:
    guesses = Guesses(3, clock)
    for number in range(9):
        guesses.right(f"user{number}", "192.0.2.1")
        guess(guesses, f"user{number}", f"192.0.2.{number}")
    suspicions = [guesses.ask(f"user{number}", f"other {number}")[1] for number in (8, 7, 6, 5, 4)]
    assert suspicions == [1, 1, 1, 0, 0]
    strangers = [guesses.ask(f"user{number}", "192.0.2.1")[0] for number in range(9)]
    assert strangers == [True] * 6 + [False] * 3


def test_what_was_not_looked_at_is_suspect_too_and_a_right_one_is_not(guesses: Guesses) -> None:
    for _ in range(7):
        guesses.ask("ann", "192.0.2.1")
    guesses.require_time("ann", "192.0.2.1")
    assert guesses.ask("ann", "192.0.2.2") == (True, 7)
    for _ in range(8):
        guesses.right("ann", "192.0.2.3")
    assert guesses.ask("ann", "192.0.2.4") == (True, 0)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:0:0:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "unix", False),
    ],
)
def test_who_has_a_prefix_is_at_one_place(one: str, other: str, *, is_same: bool) -> None:
    assert (place_of(one) == place_of(other)) is is_same
