"""A store in one SQLite file: one connection writes, a few read, and every wait is bounded.

Call `migrate` before the first `SqliteStore.open`, and after every update of the service.
"""

from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.database import SqliteDatabase
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.schema.migrations import migrate
from ecg_service.adapters.sqlite.store import SqliteStore

__all__ = ["Limits", "SqliteDatabase", "SqliteStore", "check", "migrate"]
