"""What a blob says of its leads."""

# ruff: noqa: D416 - the sections are numpydoc's, as in the Rust half

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecg_core._ecg_core import _leads  # pyright: ignore[reportPrivateUsage]

if TYPE_CHECKING:
    from ecg_core._ecg_core import _Bytes  # pyright: ignore[reportPrivateUsage]


class LeadInfo(NamedTuple):
    """What a blob says of one lead.

    Examples
    --------
    >>> from ecg_core import LeadInfo
    >>> LeadInfo(samples=2, minimum=-1, maximum=4, zero_crossings=1).maximum
    4
    """

    samples: int
    """How many samples there are."""
    minimum: int | None
    """The smallest sample, None if there is no sample."""
    maximum: int | None
    """The largest sample, None if there is no sample."""
    zero_crossings: int
    """The count by the rule `neutral`, without a baseline."""


def blob_info(blob: _Bytes, /) -> list[LeadInfo]:
    """Tell what a blob holds, without unpacking it.

    Parameters
    ----------
    blob : bytes-like
        What `pack` returned.

    Returns
    -------
    list of LeadInfo
        One for each signal, in order.

    Raises
    ------
    BlobError
        If the header is damaged. The samples are not read, so damage to them is not noticed.

    Examples
    --------
    >>> from ecg_core import Signal, blob_info, pack
    >>> blob_info(pack([Signal([3, -2, 5])]))
    [LeadInfo(samples=3, minimum=-2, maximum=5, zero_crossings=2)]
    """
    return [LeadInfo(*lead) for lead in _leads(blob)]
