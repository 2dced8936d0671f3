"""Let caches know of which time what they keep is."""

from alembic import op

revision = "0002_add_generation"
down_revision = "0001_create_tables"

GENERATIONS = """
CREATE TABLE generations (one bigint PRIMARY KEY CHECK (one = 1), generation uuid NOT NULL)
"""
FIRST = "INSERT INTO generations VALUES (1, gen_random_uuid())"


def upgrade() -> None:
    """Begin with a generation that no other database has."""
    op.execute(GENERATIONS)
    op.execute(FIRST)
