"""An electrocardiogram and its leads, without the samples."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field
from msgspec.json import Encoder

from ecg_service.domain.signals import LONG

_encode = Encoder().encode


class Lead(Struct, frozen=True, omit_defaults=True):
    """A lead without its samples, identified by its index; names may repeat.

    A physical value is `(sample - baseline) / gain`, in `unit`, as in WFDB headers. The samples
    that equal `missing`, of which there are `num_missing`, have no value.
    """

    name: str
    num_samples: int
    # Fingerprints of encoded leads are stored, so what has always been encoded always is: only
    # plain defaults are left out.
    gain: float | None = field(default_factory=lambda: None)
    baseline: int = field(default_factory=int)
    unit: str | None = field(default_factory=lambda: None)
    missing: int | None = None
    num_missing: int | None = None


class Ecg(Struct, frozen=True):
    """An ECG without its samples.

    `date` is in UTC: when the ECG was recorded or, if the sender did not say, received.
    `sampling_rate` is in Hz. `client_id` is the sender's id for the ECG, unique per owner.
    """

    id: UUID
    owner: str
    date: datetime
    leads: tuple[Lead, ...]
    sampling_rate: float | None = None
    client_id: str | None = None

    @property
    def num_samples(self) -> int:
        """How many samples all leads have together."""
        return sum(lead.num_samples for lead in self.leads)

    @property
    def is_long(self) -> bool:
        """Whether a lead is so long that its samples are not all in memory at once."""
        return any(lead.num_samples > LONG for lead in self.leads)


class Cursor(Struct, frozen=True):
    """The last ECG of a page; the next page starts after it."""

    date: datetime
    id: UUID


class UnreadableEcg(Cursor, frozen=True):
    """A damaged ECG in a page: nothing but its place is known."""


def described_bytes(ecg: Ecg | UnreadableEcg) -> int:
    """Return about how many bytes an ECG takes in a page."""
    return len(_encode(ecg))


def fill(
    ecgs: Iterable[Ecg | UnreadableEcg], max_bytes: int | None
) -> Iterator[Ecg | UnreadableEcg]:
    """Yield ECGs up to the one that brings a page to `max_bytes`."""
    taken = 0
    for ecg in ecgs:
        yield ecg
        taken += described_bytes(ecg)
        if max_bytes is not None and taken >= max_bytes:
            return
