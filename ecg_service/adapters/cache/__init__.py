"""ECGs cached in Redis, in front of any store; docs/cache.md says what is guaranteed and how."""

from ecg_service.adapters.cache.limits import Limits
from ecg_service.adapters.cache.store import CachedStore, require_url

__all__ = ["CachedStore", "Limits", "require_url"]
