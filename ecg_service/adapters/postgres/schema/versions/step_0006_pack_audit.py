"""Keep the rows of the audit trail in blocks; hashes and numbers stay as they are."""

from typing import Any
from uuid import UUID

from alembic import op

from ecg_service.adapters.rows.audit import packed

revision = "0006_pack_audit"
down_revision = "0005_add_audit"

AUDIT_BLOCKS = """
CREATE TABLE audit_blocks (
    chain uuid NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    hash bytea NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (chain, number)
)
"""
ROWS = """
SELECT chain, number, at, actor, issuer, action, object, outcome, request, address, count, hash
FROM audit WHERE (chain, number) > ($1, $2) ORDER BY chain, number LIMIT 500
"""
PUT = "INSERT INTO audit_blocks (chain, number, at, hash, content) VALUES ($1, $2, $3, $4, $5)"


def upgrade() -> None:
    """Make a block of each row; a text that is damaged is replaced, which its hash still tells."""
    op.execute(AUDIT_BLOCKS)
    connection, last = op.get_bind(), (UUID(int=0), -1)
    while rows := connection.exec_driver_sql(ROWS, last).all():
        connection.exec_driver_sql(PUT, [_packed(*row) for row in rows])
        last = (rows[-1][0], rows[-1][1])
    op.execute("DROP TABLE audit")


def _packed(chain: UUID, *others: Any) -> tuple[object, ...]:  # noqa: ANN401 - as a record is
    *values, digest = others
    texts = [one.decode(errors="replace") if isinstance(one, bytes) else one for one in values]
    return (chain, *packed((chain.bytes, *texts), digest)[1:])
