"""How often actors may fail before their pool stops."""

import time
from collections import deque
from dataclasses import dataclass

from ecg_service.actors.errors import RestartLimitExceeded


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Allow `intensity` restarts within any `period` seconds (Erlang/OTP's supervisor)."""

    intensity: int = 3
    period: float = 5.0


class RestartBudget:
    """The restarts that a policy still allows, shared by all actors of a pool."""

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._spent: deque[float] = deque()

    def spend(self) -> None:
        """Count one failure; raise `RestartLimitExceeded` when it is one too many."""
        now = time.monotonic()
        self._spent.append(now)
        while self._spent[0] < now - self._policy.period:
            self._spent.popleft()
        if len(self._spent) > self._policy.intensity:
            msg = f"{len(self._spent)} failures within {self._policy.period} s"
            raise RestartLimitExceeded(msg)
