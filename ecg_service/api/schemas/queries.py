"""Queries of URLs."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from ecg_service.domain.signals import ZeroRule

MAX_INDEX = 2**31 - 1
MAX_PAGE_SIZE = 100

Date = Annotated[datetime, Meta(tz=True)]
PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE)]
Index = Annotated[int, Meta(ge=0, le=MAX_INDEX)]

_OF_BEFORE = "The `next_page_token` of the page before."


class Query(Struct, forbid_unknown_fields=True):
    """A query without parameters."""


class EcgsQuery(Query):
    """Which ECGs to list."""

    from_: Annotated[
        Date | None,
        Meta(description="The first date that is listed.", examples=["2026-11-27T00:00:00Z"]),
    ] = field(name="from", default=None)
    to: Annotated[
        Date | None,
        Meta(description="The date before which listing ends.", examples=["2026-11-28T00:00:00Z"]),
    ] = None
    page_size: Annotated[
        PageSize, Meta(description="How many ECGs to list at most.", examples=[20])
    ] = 20
    page_token: Annotated[str | None, Meta(description=_OF_BEFORE)] = None


class EcgQuery(Query):
    """What of an ECG to return."""

    signals: Annotated[
        bool, Meta(description="Whether to return the samples.", examples=[True])
    ] = True


class BatchQuery(Query):
    """Whether the ECGs of a batch are stored together or not at all."""

    atomic: Annotated[
        bool, Meta(description="Whether all ECGs are stored, or none.", examples=[False])
    ] = False


class WindowQuery(Query):
    """Which samples of a lead to return, and how many at most."""

    start: Annotated[Index, Meta(description="The index of the first sample.", examples=[1])] = 0
    stop: Annotated[
        Index | None, Meta(description="The index after the last sample.", examples=[5])
    ] = None
    max_points: Annotated[
        Annotated[int, Meta(ge=2, le=MAX_INDEX)] | None,
        Meta(description="How many samples to return at most.", examples=[2_000]),
    ] = None


class InsightsQuery(Query):
    """By which rule to count zero crossings."""

    zeros: Annotated[
        ZeroRule,
        Meta(
            description="By which rule a zero counts (docs/zero-crossings.md).",
            examples=["neutral"],
        ),
    ] = "neutral"


class ApiKeysQuery(Query):
    """Which API keys to list."""

    page_size: Annotated[
        PageSize, Meta(description="How many keys to list at most.", examples=[100])
    ] = MAX_PAGE_SIZE
    page_token: Annotated[str | None, Meta(description=_OF_BEFORE)] = None


class SessionsQuery(Query):
    """Which sessions to list."""

    page_size: Annotated[
        PageSize, Meta(description="How many sessions to list at most.", examples=[100])
    ] = MAX_PAGE_SIZE
    page_token: Annotated[str | None, Meta(description=_OF_BEFORE)] = None


class UsersQuery(Query):
    """Which users to list."""

    page_size: Annotated[
        PageSize, Meta(description="How many users to list at most.", examples=[100])
    ] = MAX_PAGE_SIZE
    page_token: Annotated[str, Meta(description=_OF_BEFORE)] = ""
