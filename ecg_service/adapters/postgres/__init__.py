"""A store in a PostgreSQL database, which several processes may share; every wait is bounded.

Call `migrate` before the first `PostgresStore.open`, and after every update of the service.
"""

from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.store import PostgresDatabase, PostgresStore

__all__ = ["Limits", "PostgresDatabase", "PostgresStore"]
