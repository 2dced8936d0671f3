"""Every setting: its name, default and allowed values (`groups/`), and where it is read.

A setting has one name everywhere, the name of its field. From the weakest to the strongest:

1. the default;
2. the TOML file, under the setting's group: `[edge]`, then `max_body_bytes = 20_000_000`. The
   file is `ecg.toml` in the working directory if there is one, or else the file that the
   variable `ECG_SETTINGS` names, which must exist and replaces `ecg.toml`;
3. the environment, `ECG_` and the name in capitals: `ECG_MAX_BODY_BYTES=20000000`;
4. the option of a command that has one: `--port`.

A secret, such as `admin_password` or a URL with a password, may stand in a file of its own, whose
path is given in its place: `ECG_DATABASE_URL_FILE=/run/secrets/url`, or `database_url_file` in the
TOML file.

Relative paths are relative to the working directory, wherever they are written. Unknown names are
refused, in the file and in the environment, and all problems are reported together.
"""

from ecg_service.settings.division import divided
from ecg_service.settings.groups.access import (
    AccessSettings,
    AdminSettings,
    IssuerSettings,
    QuotaSettings,
)
from ecg_service.settings.groups.background import BrokerSettings, InsightSettings
from ecg_service.settings.groups.fields import MAX_PORT, MAX_WORKERS
from ecg_service.settings.groups.observing import (
    AuditSettings,
    LogSettings,
    MetricsSettings,
    TraceSettings,
)
from ecg_service.settings.groups.requests import BatchSettings, EdgeSettings, IngestSettings
from ecg_service.settings.groups.serving import ConnectionSettings, ServerSettings
from ecg_service.settings.groups.stores import (
    CacheSettings,
    PostgresSettings,
    ReaderSettings,
    StoreSettings,
)
from ecg_service.settings.loading import Loaded, load, load_with_places
from ecg_service.settings.names import parse_hosts, parse_origins
from ecg_service.settings.problems import BadSettings, variable
from ecg_service.settings.secrets import masked, text_of
from ecg_service.settings.tree import Settings

__all__ = [
    "MAX_PORT",
    "MAX_WORKERS",
    "AccessSettings",
    "AdminSettings",
    "AuditSettings",
    "BadSettings",
    "BatchSettings",
    "BrokerSettings",
    "CacheSettings",
    "ConnectionSettings",
    "EdgeSettings",
    "IngestSettings",
    "InsightSettings",
    "IssuerSettings",
    "Loaded",
    "LogSettings",
    "MetricsSettings",
    "PostgresSettings",
    "QuotaSettings",
    "ReaderSettings",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "TraceSettings",
    "divided",
    "load",
    "load_with_places",
    "masked",
    "parse_hosts",
    "parse_origins",
    "text_of",
    "variable",
]
