"""How the process treats memory while it serves."""

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 256 * 1024 * 1024
MAPPED_FROM = 32 * 1024 * 1024
GC_THRESHOLDS = (20_000, 20, 50)


def tune() -> None:
    """Prepare for many short-lived objects, some of them large. Measured effect: ARCHITECTURE.md.

    Everything made so far is there to stay, so the garbage collector need not visit it, and
    requests leave few cycles behind, so it need not look often. glibc keeps freed memory; by
    default it gives each batch's back to the system and faults every page in anew for the next.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM)
