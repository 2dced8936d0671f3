"""A queue whose senders take turns."""

from collections import deque
from collections.abc import Hashable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class _Line(Generic[T]):
    """The items of one sender with their weights, `weight` together, from turn `start` on."""

    __slots__ = ("items", "start", "weight")

    def __init__(self, start: int) -> None:
        self.start, self.weight = start, 0
        self.items: deque[tuple[int, T]] = deque()


class FairQueue(Generic[T]):
    """Keeps a line for each sender and takes one item of each in turn (round robin).

    An item takes as many turns as it weighs: after it, the others have as many first, also if the
    sender's line is empty meanwhile (start-time fair queueing, Goyal et al. 1996). Whoever adds
    many items waits behind their own; the items of one sender stay in order.
    """

    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line[T]] = {}
        # Of each line's first item: its turn, the order within a turn, its weight. A heap.
        self._turns: list[tuple[int, int, int, Hashable]] = []
        self._order = count()
        self._now = self._size = 0
        self._ends: dict[Hashable, int] = {}  # of senders without a line, if later than now

    def __len__(self) -> int:
        """Return the weight of all items."""
        return self._size

    @property
    def lines(self) -> Iterator[Iterator[T]]:
        """The items of each sender, in the order in which they were added."""
        return ((item for _, item in line.items) for line in self._lines.values())

    def of(self, sender: Hashable) -> int:
        """Return the weight of this sender's items."""
        line = self._lines.get(sender)
        return line.weight if line else 0

    def ahead_of(self, sender: Hashable) -> int:
        """Return how many turns others, and earlier items, have before the sender's next item."""
        mine = self._lines.get(sender)
        turn = mine.start + mine.weight if mine else self._first_turn(sender)
        return sum(max(0, min(one.weight, turn + 1 - one.start)) for one in self._lines.values())

    def add(self, sender: Hashable, item: T, weight: int = 1) -> None:
        """Add an item at the end of the sender's line."""
        line = self._lines.get(sender)
        if line is None:
            line = self._lines[sender] = _Line(self._first_turn(sender))
            heappush(self._turns, (line.start, next(self._order), weight, sender))
        line.items.append((weight, item))
        line.weight += weight
        self._size += weight

    def take(self, most: int) -> list[T]:
        """Take items by turns, of at most this weight together, but at least one."""
        taken, turns, left = list[T](), self._turns, most
        while turns and (turns[0][2] <= left or not taken):
            self._now, _, weight, sender = heappop(turns)
            taken.append(self._take(sender, weight))
            left -= weight
        return taken

    def _first_turn(self, sender: Hashable) -> int:
        return max(self._now, self._ends.get(sender, 0))

    def _take(self, sender: Hashable, weight: int) -> T:
        line = self._lines[sender]
        _, item = line.items.popleft()
        line.start += weight
        line.weight -= weight
        self._size -= weight
        if line.items:
            following = (line.start, next(self._order), line.items[0][0], sender)
            heappush(self._turns, following)
        else:
            self._leave(sender, line.start)
        return item

    def _leave(self, sender: Hashable, end: int) -> None:
        del self._lines[sender]
        if not self._lines:
            self._ends.clear()
        elif end > self._now + 1:
            self._ends[sender] = end
