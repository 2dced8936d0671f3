"""Answers to batches."""

from typing import Annotated, Any, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from ecg_service.services.ingest.submissions import Receipt

_PROBLEM = {"$ref": "#/components/schemas/Problem"}


class BatchItem(Struct):
    """What a request of its own would have been answered: its status, and the id or the problem.

    `replayed` if the ECG was stored before.
    """

    index: int
    status: int
    ecg_id: str | UnsetType = UNSET
    replayed: bool | UnsetType = UNSET
    problem: Annotated[dict[str, Any], Meta(extra_json_schema=_PROBLEM)] | UnsetType = UNSET

    @classmethod
    def stored(cls, index: int, receipt: Receipt) -> Self:
        return cls(index, 201, str(receipt.ecg_id), receipt.replayed or UNSET)


class BatchOut(Struct):
    """The items in the order in which they were sent, and how many were stored and refused."""

    items: list[BatchItem]
    accepted: int
    rejected: int
