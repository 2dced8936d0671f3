"""The migration that makes blocks of the rows of the audit trail; hashes and numbers stay as they are."""

from typing import TYPE_CHECKING

from ecg_service.adapters.rows.audit import packed

if TYPE_CHECKING:
    from sqlite_utils import Database

ROWS = """
    SELECT chain, number, at, actor, issuer, action, object, outcome, request, address, count, hash
    FROM audit ORDER BY chain, number
"""
PUT = "INSERT INTO audit_blocks (chain, number, at, hash, content) VALUES (?, ?, ?, ?, ?)"


def pack_rows(db: "Database") -> None:
    """Make a block of each row; a text that is damaged is replaced, which its hash still tells."""
    db.conn.text_factory = _text
    rows = db.conn.execute(ROWS)
    db.conn.executemany(PUT, (packed(values, digest) for *values, digest in rows))
    db.conn.text_factory = str


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
