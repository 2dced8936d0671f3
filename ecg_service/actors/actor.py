"""What a pool runs."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

Message_contra = TypeVar("Message_contra", contravariant=True)
Reply_co = TypeVar("Reply_co", covariant=True)


class Actor(Protocol[Message_contra, Reply_co]):
    """One method over private state; the pool calls it for one batch at a time."""

    async def handle(self, batch: Sequence[Message_contra], /) -> Sequence[Reply_co | Exception]:
        """Return a reply to each message, in order; its asker raises one that is an exception."""
        ...
