"""Keep the audit trail."""

from alembic import op

revision = "0005_add_audit"
down_revision = "0004_add_grants"

AUDIT = """
CREATE TABLE audit (
    chain uuid NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    actor bytea NOT NULL,
    issuer bytea NOT NULL,
    action bytea NOT NULL,
    object bytea NOT NULL,
    outcome bytea NOT NULL,
    request bytea NOT NULL,
    address bytea NOT NULL,
    count bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (chain, number)
)
"""
AUDIT_CUTS = """
CREATE TABLE audit_cuts (chain uuid PRIMARY KEY, number bigint NOT NULL, hash bytea NOT NULL)
"""
AUDIT_NAMES = "CREATE TABLE audit_names (name bytea PRIMARY KEY, id text NOT NULL)"


def upgrade() -> None:
    """Create the tables."""
    for statement in (AUDIT, AUDIT_CUTS, AUDIT_NAMES):
        op.execute(statement)
