"""Puts the house together: settings → adapters → services → pools → application → server.

The only package that knows everything.
"""

from ecg_service.bootstrap.server import Server, bind, stop_signals
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.stores import Store, open_store, sqlite_path, users_beside

__all__ = [
    "Server",
    "Store",
    "bind",
    "open_store",
    "running_services",
    "sqlite_path",
    "stop_signals",
    "users_beside",
]
