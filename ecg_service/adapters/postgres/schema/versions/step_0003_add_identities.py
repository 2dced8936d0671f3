"""Remember which user a subject of an identity provider is."""

from alembic import op

revision = "0003_add_identities"
down_revision = "0002_add_generation"

IDENTITIES = """
CREATE TABLE identities (
    issuer bytea NOT NULL,
    subject bytea NOT NULL,
    name bytea NOT NULL,
    checksum bigint NOT NULL,
    PRIMARY KEY (issuer, subject)
)
"""


def upgrade() -> None:
    """Begin with none."""
    op.execute(IDENTITIES)
