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


class Query(Struct, forbid_unknown_fields=True):
    """A query without parameters."""


class EcgsQuery(Query):
    """Which ECGs to list."""

    from_: Date | None = field(name="from", default=None)
    to: Date | None = None
    page_size: PageSize = 20
    page_token: str | None = None


class EcgQuery(Query):
    """What of an ECG to return."""

    signals: bool = True


class BatchQuery(Query):
    """Whether the ECGs of a batch are stored together or not at all."""

    atomic: bool = False


class WindowQuery(Query):
    """Which samples of a lead to return, and how many at most."""

    start: Index = 0
    stop: Index | None = None
    max_points: Annotated[int, Meta(ge=2, le=MAX_INDEX)] | None = None


class InsightsQuery(Query):
    """By which rule to count zero crossings."""

    zeros: ZeroRule = "neutral"


class UsersQuery(Query):
    """Which users to list."""

    page_size: PageSize = MAX_PAGE_SIZE
    page_token: str = ""
