"""How the process keeps memory it has freed."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 256 * 1024 * 1024
MAPPED_FROM = 32 * 1024 * 1024


def keep_freed_memory() -> None:
    """Let glibc keep what bodies and samples have used; elsewhere nothing happens.

    By default it gives the memory of each batch back to the system and faults every page in
    anew for the next: a quarter of the time of reading an ECG of 12 x 5,000 samples.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM)
