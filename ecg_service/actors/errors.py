"""Errors of the actor runtime."""


class ActorError(Exception):
    """Root of the runtime's errors."""


class MailboxFull(ActorError):
    """The pool already holds as many waiting messages as it may."""


class MessageExpired(ActorError):
    """The message waited too long, and will not be handled."""


class ActorStopped(ActorError):
    """The pool stopped before it handled the message."""


class RestartLimitExceeded(ActorError):
    """Actors failed more often than the restart policy allows."""


class ThreadsFull(ActorError):
    """As many calls wait for a thread as may."""
