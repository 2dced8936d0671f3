"""What a metric is, and the numbers of some."""

from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]
Numbers = list[float]
"""A number; or of a histogram how many there are in each bucket, above the last one, and their sum."""

Labels = tuple[str, ...]
Snapshot = dict[str, list[tuple[Labels, Numbers]]]
"""The numbers of each metric, by its labels."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, each the most that its bucket holds."""

REQUESTS, STAGES = "ecg_request_seconds", "ecg_ingest_stage_seconds"
RECEIVED, SENT, SAMPLES = "ecg_received_bytes_total", "ecg_sent_bytes_total", "ecg_samples_total"
BUILD, PROCESSOR, MEMORY = (
    "ecg_build_info",
    "ecg_processor_seconds_total",
    "ecg_resident_memory_bytes",
)


class Metric(NamedTuple):
    """A metric; of a part of the service that is there, `of` is the part and what it is called there.

    Of several processes it is the sum, or what is the same in all, or of one, is the `largest`.
    """

    name: str
    kind: Kind
    text: str
    labels: Labels = ()
    of: tuple[str, str] | None = None
    largest: bool = False
