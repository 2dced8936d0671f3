"""A store in memory, for tests and for trying out the service."""

from ecg_service.adapters.memory.store import MemoryDatabase, MemoryStore

__all__ = ["MemoryDatabase", "MemoryStore"]
