"""Puts the house together: settings → adapters → services → pools → application → server.

The only package that knows everything.
"""

from ecg_service.bootstrap.server import Server, bind
from ecg_service.bootstrap.service import application, running_services
from ecg_service.bootstrap.stores import Store, open_store, open_users, sqlite_path

__all__ = [
    "Server",
    "Store",
    "application",
    "bind",
    "open_store",
    "open_users",
    "running_services",
    "sqlite_path",
]
