"""How a database is copied to a backup, and a backup to a database."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from ecg_service.domain.errors import Damaged

VerifyBlob = Callable[[bytes, int], int]
"""Returns how many samples the blob holds; raises `DamagedEcg` if it is damaged or has more than this number."""

Report = Callable[[str, int, int], None]
"""Is told what is being done, how many bytes of it are done, and of how many."""


Row = tuple[bytes | str | int | float | None, ...]
"""The values of a row and the checksums that were stored with them, the same in every database."""


class Contents(Struct, frozen=True):
    """All that a database held at one moment.

    `size` is about how many bytes they are. Each batch is the name of a table and some of its rows:
    `users`, `identities`, `ecgs` with their whole blobs, `insights`, `idempotency_keys`,
    `grants`, `audit_blocks`, `audit_cuts`, `audit_names`, in this order.
    """

    size: int
    batches: Iterator[tuple[str, Sequence[Row]]]


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

    def require_sound(self, problems: int) -> None:
        """Raise `Damaged` if the copy has any, and is not to be kept."""
        if problems and not self.keep_damaged:
            raise Damaged("the copy is damaged and was given up: only --keep-damaged keeps it")
