"""Builds the service: settings → adapters → services → pools → application → server.

The composition root; imports every layer but the command line.
"""

from ecg_service.bootstrap.server import bind, serve, stop_signals, url_of
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.stores import (
    URL_FORMS,
    configured_database,
    database_from_url,
    open_store,
    open_users,
    persistent_database,
)

__all__ = [
    "URL_FORMS",
    "bind",
    "configured_database",
    "database_from_url",
    "open_store",
    "open_users",
    "persistent_database",
    "running_services",
    "serve",
    "stop_signals",
    "url_of",
]
