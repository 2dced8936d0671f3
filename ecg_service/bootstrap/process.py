"""How the process manages memory while it serves."""

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 256 * 1024 * 1024
MAPPED_FROM = 32 * 1024 * 1024
GC_THRESHOLDS = (20_000, 20, 50)


def tune() -> None:
    """Tune the garbage collector and the allocator; ARCHITECTURE.md has the measured effect.

    The garbage collector skips all objects created so far, which live as long as the process,
    and runs less often, since requests leave few cycles. glibc keeps freed memory; by default
    it returns each batch's to the system, and the next batch faults every page in again.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM)
