"""An ECG as stored, and how a repeated submission is recognised."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgIdTaken
from ecg_service.domain.insights import InsightRecord


class StoredEcg(Struct, frozen=True):
    """An ECG with everything that is committed and read together with it.

    `insights` are sorted by name. `blob` holds the samples of all leads, packed and checksummed
    by the core; it is empty if they were not asked for. `fingerprint` identifies the content, as
    sent, of an ECG with a `client_id`; stores do not return it.
    """

    ecg: Ecg
    insights: tuple[InsightRecord, ...]
    blob: bytes
    fingerprint: bytes | None = None


IdAndFingerprint = tuple[UUID, bytes | None]
"""Of the ECG that a client id names."""


def deduplicate(
    new: Sequence[StoredEcg], find: Callable[[str, str], IdAndFingerprint | None]
) -> tuple[list[StoredEcg], list[UUID | EcgIdTaken]]:
    """Return the ECGs of a batch that are to be stored, and the answer to each of the batch.

    An ECG whose owner and client id are already in the store (`find`) or earlier in the batch is
    not stored again: its answer is the id of the earlier ECG if the content is the same, else
    `EcgIdTaken`.
    """
    fresh: list[StoredEcg] = []
    named: dict[tuple[str, str], IdAndFingerprint] = {}
    answers: list[UUID | EcgIdTaken] = []
    for one in new:
        ecg = one.ecg
        if ecg.client_id is not None:
            key = (ecg.owner, ecg.client_id)
            if earlier := named.get(key) or find(*key):
                answers.append(earlier[0] if earlier[1] == one.fingerprint else EcgIdTaken())
                continue
            named[key] = (ecg.id, one.fingerprint)
        fresh.append(one)
        answers.append(ecg.id)
    return fresh, answers
