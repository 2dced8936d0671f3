"""Keep API keys and sessions."""

from alembic import op

revision = "0004_add_grants"
down_revision = "0003_add_identities"

GRANTS = """
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    owner bytea NOT NULL,
    digest bytea NOT NULL,
    created bigint NOT NULL,
    expires bigint,
    name bytea NOT NULL,
    scopes text,
    epoch bigint NOT NULL,
    last_used bigint,
    checksum bigint NOT NULL
)
"""
GRANTS_BY_OWNER = "CREATE INDEX grants_by_owner ON grants (owner, kind, id)"


def upgrade() -> None:
    """Create the table."""
    op.execute(GRANTS)
    op.execute(GRANTS_BY_OWNER)
