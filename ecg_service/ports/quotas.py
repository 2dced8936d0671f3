"""Where several processes count together what each user sends."""

from typing import Protocol

from ecg_service.domain.quotas import Amount, Portion, Quota


class CountsUnavailable(Exception):
    """They cannot be asked, or did not answer in time."""


class SharedCounts(Protocol):
    """What all processes have granted to each user; raises `CountsUnavailable` in a short time."""

    @property
    def is_reachable(self) -> bool:
        """Whether they can be asked now, as far as is known."""
        ...

    async def portion(self, user: str, quota: Quota, more: Amount) -> Portion:
        """Take a part of what is left of a user's quota: the less is left, the smaller.

        `more` is what this process has granted beyond its portions before or, negative, what is
        left of them, which it gives back.
        """
        ...
