"""Every metric: its name, what it means, and which part of the service knows it."""

from collections.abc import Iterator, Mapping

from ecg_service.bootstrap.metrics.kinds import (
    BUILD,
    MEMORY,
    PROCESSOR,
    RECEIVED,
    REQUESTS,
    SAMPLES,
    SENT,
    STAGES,
    Metric,
)

METRICS = (
    Metric(
        BUILD, "gauge", "Always 1; the versions are labels.", ("version", "python"), largest=True
    ),
    Metric(PROCESSOR, "counter", "Processor time of all processes."),
    Metric(MEMORY, "gauge", "Memory of all processes, with what they share counted in each."),
    Metric("ecg_workers", "gauge", "Processes that serve."),
    Metric(
        REQUESTS,
        "histogram",
        "Seconds from the head of a request to the end of its answer; the count is that of requests.",
        ("method", "route", "status"),
    ),
    Metric(
        STAGES,
        "histogram",
        "Seconds that an ECG was read from its connection, waited, was parsed, and was committed.",
        ("stage",),
    ),
    Metric(RECEIVED, "counter", "Bytes of bodies that came with their length."),
    Metric(SENT, "counter", "Bytes of the bodies of answers."),
    Metric(SAMPLES, "counter", "Samples of ECGs that were sent one by one and answered with 201."),
    Metric("ecg_ingest_waiting", "gauge", "ECGs that wait to be stored.", of=("ingest", "waiting")),
    Metric("ecg_ingest_capacity", "gauge", "How many may wait.", of=("ingest", "capacity")),
    Metric(
        "ecg_ingest_documents_total", "counter", "ECGs that were handled.", of=("ingest", "handled")
    ),
    Metric(
        "ecg_ingest_restarts_total",
        "counter",
        "How often the actor that stores was started again.",
        of=("ingest", "restarts"),
    ),
    Metric(
        "ecg_long_waiting",
        "gauge",
        "Long recordings that wait to be stored.",
        of=("long", "waiting"),
    ),
    Metric(
        "ecg_long_restarts_total",
        "counter",
        "How often the actor of long recordings was started again.",
        of=("long", "restarts"),
    ),
    Metric("ecg_bodies", "gauge", "Bodies that are received or stored.", of=("bodies", "bodies")),
    Metric(
        "ecg_bodies_bytes", "gauge", "Memory reserved for them.", of=("bodies", "reserved_bytes")
    ),
    Metric("ecg_bodies_max_bytes", "gauge", "How much may be.", of=("bodies", "max_bytes")),
    Metric(
        "ecg_insights_waiting",
        "gauge",
        "ECGs of which a hint waits that insights are pending.",
        of=("insights", "waiting"),
    ),
    Metric(
        "ecg_insights_dropped_total",
        "counter",
        "Hints that were left to the sweeper.",
        of=("insights", "dropped"),
    ),
    Metric(
        "ecg_insights_pending",
        "gauge",
        "Insights that wait, in the whole store.",
        of=("unfinished", "pending"),
        largest=True,
    ),
    Metric(
        "ecg_insights_running",
        "gauge",
        "Insights that are computed in the background.",
        of=("unfinished", "running"),
        largest=True,
    ),
    Metric(
        "ecg_insights_computed_total",
        "counter",
        "Insights that were computed beside the counts of ingest.",
        of=("computing", "computed"),
    ),
    Metric(
        "ecg_insights_failed_total",
        "counter",
        "Attempts at insights that failed.",
        of=("computing", "failed"),
    ),
    Metric(
        "ecg_insights_oldest_seconds",
        "gauge",
        "Age of the oldest pending insight of new ECGs.",
        of=("backlog", "age"),
        largest=True,
    ),
    Metric(
        "ecg_broker_up",
        "gauge",
        "Whether the broker of hints is reached.",
        of=("insights", "reaches_broker"),
        largest=True,
    ),
    Metric(
        "ecg_store_commits_total", "counter", "Transactions that wrote.", of=("store", "commits")
    ),
    Metric("ecg_store_failures_total", "counter", "Writes that failed.", of=("store", "failures")),
    Metric(
        "ecg_store_waiting_writes", "gauge", "Writes that wait.", of=("store", "waiting_writes")
    ),
    Metric("ecg_store_waiting_reads", "gauge", "Reads that wait.", of=("store", "waiting_reads")),
    Metric(
        "ecg_store_log_bytes",
        "gauge",
        "Length of SQLite's write-ahead log.",
        of=("store", "log_bytes"),
        largest=True,
    ),
    Metric("ecg_cache_hits_total", "counter", "ECGs that the cache had.", of=("cache", "hits")),
    Metric(
        "ecg_cache_misses_total", "counter", "ECGs that the cache had not.", of=("cache", "misses")
    ),
    Metric(
        "ecg_cache_errors_total",
        "counter",
        "Calls of the cache that failed.",
        of=("cache", "errors"),
    ),
    Metric(
        "ecg_cache_up",
        "gauge",
        "Whether the cache is reached.",
        of=("cache", "is_reachable"),
        largest=True,
    ),
    Metric(
        "ecg_quotas_up",
        "gauge",
        "Whether the Redis of the quotas is reached.",
        of=("quotas", "is_reachable"),
        largest=True,
    ),
    Metric(
        "ecg_passwords_waiting",
        "gauge",
        "Passwords that wait to be hashed.",
        of=("hashing", "waiting"),
    ),
    Metric(
        "ecg_passwords_busy", "gauge", "Passwords that are being hashed.", of=("hashing", "busy")
    ),
    Metric(
        "ecg_passwords_suspect",
        "gauge",
        "Of both, passwords of who is suspect: tried often of late, and in vain.",
        of=("hashing", "suspect"),
    ),
    Metric(
        "ecg_credentials",
        "gauge",
        "Credentials that are remembered.",
        of=("credentials", "entries"),
    ),
    Metric(
        "ecg_credentials_hits_total",
        "counter",
        "Requests whose credentials were remembered.",
        of=("credentials", "hits"),
    ),
    Metric(
        "ecg_credentials_misses_total",
        "counter",
        "Requests whose credentials were verified.",
        of=("credentials", "misses"),
    ),
    Metric("ecg_connections", "gauge", "Open connections.", of=("connections", "open")),
    Metric(
        "ecg_connections_idle",
        "gauge",
        "Open connections without a request.",
        of=("connections", "waiting"),
    ),
    Metric(
        "ecg_connections_kept_bytes",
        "gauge",
        "Bytes of answers that wait for their clients.",
        of=("connections", "kept_bytes"),
    ),
)


def numbers_of(parts: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """Yield what the parts that are there say of themselves; what is None they do not know."""
    for metric in METRICS:
        if metric.of and (part := parts.get(metric.of[0])) is not None:
            number = getattr(part, metric.of[1])
            if number is not None:
                yield metric.name, float(number)
