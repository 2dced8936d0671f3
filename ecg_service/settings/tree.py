"""The tree of all settings, group by group (`groups/`)."""

from dataclasses import dataclass, field

from ecg_service.settings.groups.access import (
    AccessSettings,
    AdminSettings,
    IssuerSettings,
    QuotaSettings,
)
from ecg_service.settings.groups.background import BrokerSettings, InsightSettings
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


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the service."""

    server: ServerSettings = field(default_factory=ServerSettings)
    connections: ConnectionSettings = field(default_factory=ConnectionSettings)
    edge: EdgeSettings = field(default_factory=EdgeSettings)
    ingest: IngestSettings = field(default_factory=IngestSettings)
    batch: BatchSettings = field(default_factory=BatchSettings)
    insights: InsightSettings = field(default_factory=InsightSettings)
    broker: BrokerSettings = field(default_factory=BrokerSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    readers: ReaderSettings = field(default_factory=ReaderSettings)
    postgres: PostgresSettings = field(default_factory=PostgresSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    quotas: QuotaSettings = field(default_factory=QuotaSettings)
    issuers: IssuerSettings = field(default_factory=IssuerSettings)
    admin: AdminSettings = field(default_factory=AdminSettings)
    log: LogSettings = field(default_factory=LogSettings)
    auditing: AuditSettings = field(default_factory=AuditSettings)
    trace: TraceSettings = field(default_factory=TraceSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
