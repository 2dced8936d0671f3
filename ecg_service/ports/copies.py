"""How a database is copied to a backup, and a backup to a database."""

from collections.abc import Callable

from msgspec import Struct

VerifyBlob = Callable[[bytes, int], int]
"""Returns how many samples the blob holds; raises `DamagedEcg` if it is damaged or has more than this number."""

Report = Callable[[str, int, int], None]
"""Is told what is being done, how many bytes of it are done, and of how many."""


class Copying(Struct, frozen=True):
    """What a copy may do, and who is told of it.

    Every copy is read wholly before it gets its name, and `tell_damage` gets a sentence for each
    damage; a damaged one is given up, unless `keep_damaged`. `force` replaces what is there.
    A service that writes meanwhile cannot fold its log back: one of more than `max_log_bytes` ends
    the copy.
    """

    verify_blob: VerifyBlob
    report: Report
    tell_damage: Callable[[str], None]
    max_log_bytes: int
    force: bool = False
    keep_damaged: bool = False
