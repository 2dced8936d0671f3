"""An ECG as stored, and which ECGs of a batch are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import (
    DamagedEcg,
    DamagedKey,
    EcgIdTaken,
    KeyReused,
    Unauthenticated,
)
from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.principal import EpochOf, HasGrant, Principal, is_current, no_grant


class StoredEcg(Struct, frozen=True):
    """An ECG with everything that is committed and read together with it.

    `insights` are sorted by name. `blob` holds the samples of all leads, packed and checksummed
    by the core; it is empty if they were not asked for. `sender` is who sent it, `key` the
    idempotency key that came with it, and `fingerprint` identifies the content, as sent, of an
    ECG with a key or a `client_id`; stores return none of the three.
    """

    ecg: Ecg
    insights: tuple[InsightRecord, ...]
    blob: bytes
    fingerprint: bytes | None = None
    sender: Principal | None = None
    key: str | None = None


Added = UUID | DamagedEcg | DamagedKey | EcgIdTaken | KeyReused | Unauthenticated
"""The answer to one ECG of a batch: its id, or why it was refused."""

IdAndFingerprint = tuple[UUID, bytes | None]
"""Of the ECG that a name stands for."""

Find = Callable[[str, str], IdAndFingerprint | DamagedEcg | DamagedKey | None]
"""Returns what a name of an owner stands for in the store, if there is one."""


def sift(
    new: Sequence[StoredEcg],
    *,
    find_id: Find,
    find_key: Find,
    epoch_of: EpochOf,
    has_grant: HasGrant = no_grant,
) -> tuple[list[StoredEcg], list[Added]]:
    """Return the ECGs of a batch that are to be stored, and the answer to each of the batch.

    An ECG whose sender `is_current` no longer is refused; each is looked up once. One whose
    idempotency key or client id stands for an ECG in the store, or earlier in the batch, is not
    stored again: its answer is the id of the earlier ECG if the content is the same, else
    `KeyReused` or `EcgIdTaken`.
    """
    fresh: list[StoredEcg] = []
    answers: list[Added] = []
    keys, client_ids = _Names(find_key, KeyReused), _Names(find_id, EcgIdTaken)
    epoch_of, has_grant = cache(epoch_of), cache(has_grant)
    for one in new:
        if not is_current(one.sender, epoch_of, has_grant):
            answers.append(Unauthenticated())
            continue
        answer = keys.answer(one, one.key) or client_ids.answer(one, one.ecg.client_id)
        if answer is None:
            keys.add(one, one.key)
            client_ids.add(one, one.ecg.client_id)
            fresh.append(one)
        answers.append(answer or one.ecg.id)
    return fresh, answers


@dataclass
class _Names:
    """Names of one kind, which stand for an ECG of their owner each."""

    find: Find
    taken: type[EcgIdTaken | KeyReused]
    of_batch: dict[tuple[str, str], IdAndFingerprint] = field(
        default_factory=dict[tuple[str, str], IdAndFingerprint]
    )

    def answer(self, one: StoredEcg, name: str | None) -> Added | None:
        """Return the answer to a name that stands for an ECG already."""
        if name is None:
            return None
        owner = one.ecg.owner
        earlier = self.of_batch.get((owner, name)) or self.find(owner, name)
        if not isinstance(earlier, tuple):
            return earlier
        ecg_id, fingerprint = earlier
        return ecg_id if fingerprint == one.fingerprint else self.taken()

    def add(self, one: StoredEcg, name: str | None) -> None:
        if name is not None:
            self.of_batch[one.ecg.owner, name] = (one.ecg.id, one.fingerprint)
