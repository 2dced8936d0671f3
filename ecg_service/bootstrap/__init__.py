"""Puts the house together: settings → adapters → services → pools → application → server.

The only package that knows everything.
"""

from ecg_service.bootstrap.server import Server, bind, stop_signals
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.serving import serve, url_of
from ecg_service.bootstrap.stores import (
    URL_FORMS,
    database_at,
    database_of,
    open_store,
    persistent_database,
    users_beside,
)

__all__ = [
    "URL_FORMS",
    "Server",
    "bind",
    "database_at",
    "database_of",
    "open_store",
    "persistent_database",
    "running_services",
    "serve",
    "stop_signals",
    "url_of",
    "users_beside",
]
