"""A message on its way through a mailbox."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

Message = TypeVar("Message")
Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True, eq=False)
class Envelope(Generic[Message, Reply]):
    """A message, the future of its reply if the sender asked for one, and how long that waits."""

    message: Message
    reply: asyncio.Future[Reply] | None = None
    expires: float | None = None

    @property
    def abandoned(self) -> bool:
        """Whether the asker no longer waits."""
        return self.reply is not None and self.reply.done()

    def resolve(self, outcome: Reply | BaseException) -> None:
        """Give the outcome to the asker; a failed message that was told is logged."""
        if self.reply is None:
            if isinstance(outcome, BaseException):
                logger.warning("a message failed: %s", type(outcome).__name__)
        elif not self.reply.done():
            if isinstance(outcome, BaseException):
                self.reply.set_exception(outcome)
            else:
                self.reply.set_result(outcome)


def fail_all(batch: list[Envelope[Message, Reply]], error: BaseException) -> None:
    """Give the error to all askers and empty the batch, to which the error's traceback leads.

    Such a cycle would keep the messages until the garbage collector comes, which is rare.
    """
    while batch:
        batch.pop(0).resolve(error)
