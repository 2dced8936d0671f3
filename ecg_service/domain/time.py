"""Dates as microseconds since 1970, for stores and page tokens."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970, exact for every `datetime`."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the date in UTC; raises `OverflowError` outside the years 1 to 9999."""
    return _EPOCH + count * _MICROSECOND
