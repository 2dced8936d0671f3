"""How long the parts of a request took that stores ECGs."""

from collections.abc import Callable, Sequence
from time import perf_counter

from ecg_service.api.edge.observed import Seen
from ecg_service.services.ingest.batches import Outcome
from ecg_service.services.ingest.submissions import Receipt, Took

Tell = Callable[[Sequence[Outcome]], None]


def note(seen: Seen, receipts: Sequence[Receipt], read: float) -> None:
    """Note the parts of a request of one message, of which the body was there at the time `read`."""
    for receipt in receipts:
        seen.samples += receipt.samples
    if receipts and (took := receipts[0].took):
        waited = perf_counter() - read - took.parse - took.commit
        seen.stages = {
            "read": read - seen.started,
            "queue": waited,
            "parse": took.parse,
            "commit": took.commit,
        }
        seen.batch = took.trace


def noting(seen: Seen, tell: Tell) -> Tell:
    """Note the parts of a request of many messages as they are told: the sums of those in which its ECGs were."""
    latest: Took | None = None
    stages = seen.stages

    def told(outcomes: Sequence[Outcome]) -> None:
        nonlocal latest
        for one in outcomes:
            if not isinstance(one, Receipt):
                continue
            seen.samples += one.samples
            if one.took and one.took is not latest:
                latest = one.took
                stages["parse"] = stages.get("parse", 0.0) + latest.parse
                stages["commit"] = stages.get("commit", 0.0) + latest.commit
        tell(outcomes)

    return told
