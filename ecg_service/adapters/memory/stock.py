"""What the repositories over memory share."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ecg_service.domain.ecg import Recording
from ecg_service.domain.insights import InsightRecord, InsightState


@dataclass(slots=True)
class Stored:
    """An ECG and its insights, by name."""

    recording: Recording
    insights: dict[str, InsightRecord]
    claimed_at: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def of(self, state: InsightState) -> list[InsightRecord]:
        """Return the insights in this state in order of name."""
        return [record for record in self.in_order() if record.state is state]

    def in_order(self) -> list[InsightRecord]:
        """Return the insights in order of name."""
        return [self.insights[name] for name in sorted(self.insights)]


Stock = dict[UUID, Stored]
