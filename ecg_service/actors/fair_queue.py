"""A queue whose senders take turns."""

from collections import OrderedDict, deque
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Keeps a line for each sender and takes one item of each in turn (round robin).

    Whoever adds many items waits behind their own; the items of one sender stay in order.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[Hashable, deque[T]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def lines(self) -> Collection[deque[T]]:
        """The items of each sender, in the order in which they were added."""
        return self._lines.values()

    def of(self, sender: Hashable) -> int:
        """Return how many items of this sender wait."""
        return len(self._lines.get(sender, ()))

    def ahead_of(self, sender: Hashable) -> int:
        """Return how many items that wait are taken before the next one of this sender."""
        mine = self.of(sender)
        return sum(min(len(line), mine + 1) for line in self._lines.values())

    def add(self, sender: Hashable, item: T) -> None:
        """Add an item at the end of the sender's line."""
        line = self._lines.get(sender)
        if line is None:
            line = self._lines[sender] = deque()
        line.append(item)
        self._size += 1

    def take(self) -> T:
        """Take an item of the sender whose turn it is."""
        sender, line = next(iter(self._lines.items()))
        item = line.popleft()
        self._size -= 1
        if line:
            self._lines.move_to_end(sender)
        else:
            del self._lines[sender]
        return item
