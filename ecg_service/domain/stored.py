"""An ECG as stored, and which ECGs of a batch are."""

from collections.abc import Callable, Sequence
from functools import cache
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import DamagedEcg, EcgIdTaken, Unauthenticated
from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.principal import EpochOf, Principal, is_current


class StoredEcg(Struct, frozen=True):
    """An ECG with everything that is committed and read together with it.

    `insights` are sorted by name. `blob` holds the samples of all leads, packed and checksummed
    by the core; it is empty if they were not asked for. `fingerprint` identifies the content, as
    sent, of an ECG with a `client_id`, and `sender` is who sent it; stores return neither.
    """

    ecg: Ecg
    insights: tuple[InsightRecord, ...]
    blob: bytes
    fingerprint: bytes | None = None
    sender: Principal | None = None

    @property
    def num_samples(self) -> int:
        """How many samples all leads have together, as they were when it was stored."""
        return sum(lead.num_samples for lead in self.ecg.leads)


Added = UUID | DamagedEcg | EcgIdTaken | Unauthenticated
"""The answer to one ECG of a batch: its id, or why it was refused."""

IdAndFingerprint = tuple[UUID, bytes | None]
"""Of the ECG that a client id names."""


def sift(
    new: Sequence[StoredEcg],
    *,
    find: Callable[[str, str], IdAndFingerprint | DamagedEcg | None],
    epoch_of: EpochOf,
) -> tuple[list[StoredEcg], list[Added]]:
    """Return the ECGs of a batch that are to be stored, and the answer to each of the batch.

    An ECG whose sender `is_current` no longer is refused; each is looked up once. An ECG whose owner and client id are already in the store (`find`) or earlier in the batch is
    not stored again: its answer is the id of the earlier ECG if the content is the same, else
    `EcgIdTaken`.
    """
    fresh: list[StoredEcg] = []
    named: dict[tuple[str, str], IdAndFingerprint] = {}
    answers: list[Added] = []
    epoch_of = cache(epoch_of)
    for one in new:
        ecg = one.ecg
        if not is_current(one.sender, epoch_of):
            answers.append(Unauthenticated())
            continue
        if ecg.client_id is not None:
            key = (ecg.owner, ecg.client_id)
            if earlier := named.get(key) or find(*key):
                answers.append(_repeated(earlier, one.fingerprint))
                continue
            named[key] = (ecg.id, one.fingerprint)
        fresh.append(one)
        answers.append(ecg.id)
    return fresh, answers


def _repeated(earlier: IdAndFingerprint | DamagedEcg, fingerprint: bytes | None) -> Added:
    if isinstance(earlier, DamagedEcg):
        return earlier
    ecg_id, stored = earlier
    return ecg_id if stored == fingerprint else EcgIdTaken()
