"""Everything in dictionaries: for tests, and for trying the service out."""

from ecg_service.adapters.memory.database import MemoryDatabase
from ecg_service.adapters.memory.store import MemoryStore

__all__ = ["MemoryDatabase", "MemoryStore"]
