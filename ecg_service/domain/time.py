"""Moments as whole numbers, for stores and page tokens."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Count the microseconds since 1970, exactly for every moment that Python knows."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the moment in UTC; raises `OverflowError` outside the years 1 to 9999."""
    return _EPOCH + count * _MICROSECOND
