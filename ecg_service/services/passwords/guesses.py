"""Who tried passwords of late, and who is known, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from ecg_service.domain.errors import TooManyGuesses
from ecg_service.services.passwords.turns import Rank

HALF_LIFE = 600.0
"""Seconds after which a password that was tried counts half."""
FREE = 5
"""Wrong passwords of one account from one address before the next one has to wait."""
LONGEST = 36.0
"""Seconds of the longest wait: a hundred guesses an hour."""
SUSPECT = 3
"""Passwords tried of late, of the account and at the address, from which on a stranger is suspect."""
PREFIX = 64
"""Bits of an IPv6 address that a provider gives out; who has them chooses the others freely."""
PLACES = 4_096
"""Addresses whose place is remembered: to read one takes a tenth of what a refusal does."""


@lru_cache(PLACES)
def place_of(address: str) -> str:
    """Return what one client has of an address: all of IPv4, the prefix of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or int(found) >> (found.max_prefixlen - PREFIX))


def is_suspect(rank: Rank) -> bool:
    """Whether whoever has this rank is verified apart."""
    _, suspicion = rank
    return suspicion >= SUSPECT


class Fading:
    """Counts by key, which fade with time; of the `capacity` keys that were counted last."""

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._counts: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def of(self, key: Hashable) -> float:
        """Return how many of late."""
        number, since = self._counts.get(hash(key), (0.0, 0.0))
        return number * 2 ** (-(self._clock() - since) / HALF_LIFE) if number else 0.0

    def seconds_since(self, key: Hashable) -> float:
        """Return how long ago the last one was; if none was, infinity."""
        _, since = self._counts.get(hash(key), (0.0, float("-inf")))
        return self._clock() - since

    def add(self, key: Hashable, number: float = 1.0) -> None:
        """Count one more, or fewer by a negative number."""
        self._counts[hash(key)] = (max(0.0, self.of(key) + number), self._clock())
        self._counts.move_to_end(hash(key))
        while len(self._counts) > self._capacity:
            self._counts.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Count from zero again."""
        self._counts.pop(hash(key), None)


class Guesses:
    """Tells strangers from those who signed in before, and how suspect a stranger is.

    Who guesses the password of an account waits longer and longer, for that account from that
    address only: nobody can lock somebody else out. A password that was not right, or not looked
    at, makes its account and its address suspect everywhere, which decides who goes first. Who
    signed in before from an address is no stranger there, until they give wrong passwords themselves.
    """

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._wrong = Fading(capacity, clock)
        self._accounts = Fading(capacity, clock)
        self._addresses = Fading(capacity, clock)
        self._unseen = Fading(capacity, clock)
        self._known: OrderedDict[int, None] = OrderedDict()

    def require_time(self, name: str, address: str) -> None:
        """Raise `TooManyGuesses` if they have to wait."""
        wrong = self._wrong.of((name, address))
        wait = min(LONGEST, 2 ** min(wrong - FREE, 10)) if wrong > FREE - 0.5 else 0.0
        if (left := wait - self._wrong.seconds_since((name, address))) > 0:
            raise TooManyGuesses(left)

    def rank(self, name: str, address: str) -> Rank:
        """Return whether they are a stranger, and how suspect: in whole passwords, or of equals who fade the latest would be less."""
        if hash((name, address)) in self._known and self._wrong.of((name, address)) < FREE:
            return False, 0
        of_address = self._addresses.of(address) + min(1.0, self._unseen.of(address))
        return True, round(self._accounts.of(name) + of_address)

    def rank_by_now(self, rank: Rank, address: str) -> Rank:
        """Return what they are after a wait in which others may have given wrong passwords at their address."""
        is_stranger, suspicion = rank
        return (True, max(suspicion, round(self._addresses.of(address)))) if is_stranger else rank

    def ask(self, name: str, address: str) -> Rank:
        """Count that they try a password; return what they were before.

        Of an address all that are not looked at yet, or never, count as one: many may sign in from there at
        the same time, and of a crowd that waits or is refused each would make the next one more suspect.
        """
        rank = self.rank(name, address)
        self._accounts.add(name)
        self._unseen.add(address)
        return rank

    def right(self, name: str, address: str) -> None:
        """Remember who gave the right password; that it was tried counts no more."""
        self._accounts.add(name, -1)
        self._unseen.forget(address)
        self.end(name, address)
        self._known[hash((name, address))] = None
        self._known.move_to_end(hash((name, address)))
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def end(self, name: str, address: str) -> None:
        """Let them wait no longer."""
        self._wrong.forget((name, address))

    def wrong(self, name: str, address: str) -> None:
        """Count a wrong password."""
        self._wrong.add((name, address))
        self._addresses.add(address)
        self._unseen.forget(address)
