"""Routes of batches, for users: many ECGs in one request, answered one by one."""

from ecg_service.api.batches.routes import BatchController

__all__ = ["BatchController"]
