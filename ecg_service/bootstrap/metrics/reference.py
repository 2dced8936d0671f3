"""The page about metrics, made from their table."""

from collections.abc import Iterator

from ecg_service.bootstrap.metrics.kinds import BUCKETS, Metric
from ecg_service.bootstrap.metrics.table import METRICS

HEAD = """\
# Metrics
With `metrics_token` in the [settings](settings.md) (16 characters or more; `ECG_METRICS_TOKEN_FILE` names a file that has it), `GET /metrics` answers in the text format of Prometheus to
whoever sends the token as `Authorization: Bearer …`. Without one there is no such page and nothing is counted for it.

```yaml
scrape_configs:
  - job_name: ecg
    authorization: { credentials_file: /etc/prometheus/ecg-token }
    static_configs: [{ targets: ["ecg.example:8000"] }]
```

- **Several workers are one**: each leaves its counts in memory that all share, every second and when it ends, and whoever is asked adds them up. A worker that is killed takes at most a second of its counts with
  it; what it had counted before stays, so that no sum goes back. Several *services* are several targets.
- **The number of series is bounded** by routes, methods and statuses: no path, user, id or address is a label, and none is in the page.
- **What it costs**: a request is counted when it is answered, in 1.1 µs, 1 % of a small ECG (`just bench app`); all else is read from what the parts of the service count anyway, when somebody asks.
- Refusals are the requests with the statuses 413, 429 and 503. The mean size of a batch is `rate(ecg_ingest_documents_total[1m]) / rate(ecg_store_commits_total[1m])`.
- Workers of Celery answer no requests; what they leave undone shows in `ecg_insights_oldest_seconds`.

| metric | kind | labels | what it is |
|---|---|---|---|
"""


def reference() -> str:
    """Return the page."""
    buckets = ", ".join(f"{end:g}" for end in BUCKETS)
    return HEAD + "\n".join(_rows()) + f"\n\nBuckets end at {buckets} seconds.\n"


def _rows() -> Iterator[str]:
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        yield f"| `{metric.name}` | {metric.kind}{_how(metric)} | {labels} | {metric.text} |"


def _how(metric: Metric) -> str:
    return ", the largest" if metric.largest and metric.of else ""
