"""An ECG as it is stored, and what storing the same one again means."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgIdTaken
from ecg_service.domain.insights import InsightRecord


class StoredEcg(Struct, frozen=True):
    """What is committed together, and read back together.

    `insights` are in order of name. `blob` holds the samples of all leads, packed and
    checksummed by the core; it is empty where they were not asked for. `fingerprint`, which
    stores do not give back, identifies the content as sent of an ECG with a `client_id`.
    """

    ecg: Ecg
    insights: tuple[InsightRecord, ...]
    blob: bytes = b""
    fingerprint: bytes | None = None


Submitted = tuple[UUID, bytes | None]
"""The ECG that a client id names, and its fingerprint."""


def without_repeats(
    new: Sequence[StoredEcg], find: Callable[[str, str], Submitted | None]
) -> tuple[list[StoredEcg], list[UUID | EcgIdTaken]]:
    """Return those of a batch that are to be stored, and the answer to each of the batch.

    An ECG whose owner and client id are known, to the store (`find`) or from earlier in the
    batch, is not stored again: the answer is the id of the earlier one if the content is the
    same, else `EcgIdTaken`.
    """
    fresh: list[StoredEcg] = []
    named: dict[tuple[str, str], Submitted] = {}
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
