"""Actors on asyncio and bounded threads; imports the standard library only.

docs/runtime-semantics.md lists the guarantees.
"""

from ecg_service.actors.actor import Actor
from ecg_service.actors.errors import (
    ActorError,
    ActorStopped,
    MailboxFull,
    MessageExpired,
    RestartLimitExceeded,
    ThreadsFull,
)
from ecg_service.actors.pool import ActorPool
from ecg_service.actors.restarts import RestartBudget, RestartPolicy
from ecg_service.actors.statistics import PoolStatistics, ThreadsStatistics
from ecg_service.actors.threads import Threads

__all__ = [
    "Actor",
    "ActorError",
    "ActorPool",
    "ActorStopped",
    "MailboxFull",
    "MessageExpired",
    "PoolStatistics",
    "RestartBudget",
    "RestartLimitExceeded",
    "RestartPolicy",
    "Threads",
    "ThreadsFull",
    "ThreadsStatistics",
]
