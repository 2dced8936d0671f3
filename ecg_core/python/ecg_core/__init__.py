"""Fast reading, zero-crossing counts and lossless packing of ECG signals.

Signals are integers of 32 bits. `parse_signal`, `lift_signals` and `read_batch` read them from strict
JSON, `count_zero_crossings` and its siblings count in any buffer, and `pack` stores them in a blob with
checksums. NumPy is optional: only what returns arrays needs it. `ecg-core FILE` counts from the command line.

Examples:
--------
>>> import ecg_core
>>> signal = ecg_core.parse_signal(b'[3, 0, -2, 5]')
>>> signal.count_zero_crossings()
2
>>> ecg_core.unpack(ecg_core.pack([signal])) == [signal]
True
"""

from ecg_core._ecg_core import (
    BlobError,
    DecodeError,
    PackedSignal,
    Reading,
    Signal,
    ZeroCrossingCounter,
    count_zero_crossings,
    lift_signals,
    open_blob,
    pack,
    parse_signal,
    read_batch,
    unpack,
    unpack_between,
    unpack_json,
    unpack_lead,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)
from ecg_core._ecg_core import __version__ as __version__
from ecg_core.blob_info import LeadInfo, blob_info
from ecg_core.zero_rule import ZeroRule

__all__ = [
    "BlobError",
    "DecodeError",
    "LeadInfo",
    "PackedSignal",
    "Reading",
    "Signal",
    "ZeroCrossingCounter",
    "ZeroRule",
    "blob_info",
    "count_zero_crossings",
    "lift_signals",
    "open_blob",
    "pack",
    "parse_signal",
    "read_batch",
    "unpack",
    "unpack_between",
    "unpack_json",
    "unpack_lead",
    "zero_crossing_rate",
    "zero_crossings",
    "zero_crossings_mask",
]
