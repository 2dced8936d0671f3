"""The insights of the service, one module each; may call the core, knows neither HTTP nor storage.

To add one, write a function from an ECG and its signals to a JSON value, register it here and
test it: it is computed for every new ECG and, in the background, for every stored one.
"""

from ecg_service.domain.insights import ZERO_CROSSINGS, Insight
from ecg_service.insights.statistics import statistics
from ecg_service.insights.zero_crossings import zero_crossings

REGISTRY: tuple[Insight, ...] = (
    Insight(ZERO_CROSSINGS, version=1, compute=zero_crossings, when="ingest"),
    Insight("statistics", version=1, compute=statistics),
)
