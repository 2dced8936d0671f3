"""Create the first schema."""

from alembic import op

revision = "0001_create_tables"
down_revision = None

USERS = """
CREATE TABLE users (
    name bytea PRIMARY KEY,
    role text NOT NULL,
    password_hash bytea NOT NULL,
    created bigint NOT NULL,
    disabled bigint NOT NULL,
    epoch bigint NOT NULL,
    checksum bigint NOT NULL
)
"""

# Ids are UUIDv7, so a range of them is a time of receipt. Dates are microseconds since 1970.
ECGS = """
CREATE TABLE ecgs (
    id uuid PRIMARY KEY,
    owner bytea NOT NULL,
    date bigint NOT NULL,
    sampling_rate double precision,
    leads bytea NOT NULL,
    client_id bytea,
    fingerprint bytea,
    checksum bigint NOT NULL,
    blob bytea NOT NULL,
    blob_checksum bigint NOT NULL
) PARTITION BY RANGE (id)
"""
# Blobs are packed already: to compress them again would take time and gain nothing.
BLOBS = "ALTER TABLE ecgs ALTER COLUMN blob SET STORAGE EXTERNAL"
ECGS_BY_DATE = "CREATE INDEX ecgs_by_date ON ecgs (owner, date, id)"

# Not partitioned, since names are unique over all times.
CLIENT_IDS = """
CREATE TABLE client_ids (
    owner bytea NOT NULL,
    client_id bytea NOT NULL,
    ecg_id uuid NOT NULL,
    PRIMARY KEY (owner, client_id)
)
"""
CLIENT_IDS_BY_ECG = "CREATE INDEX client_ids_by_ecg ON client_ids (ecg_id)"

# Without a foreign key, which would look up and lock the ECG for each insight that is stored
# with it: the transactions that store and delete ECGs do so with all that belongs to them.
INSIGHTS = """
CREATE TABLE insights (
    ecg_id uuid NOT NULL,
    name bytea NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    result bytea,
    error bytea,
    failures bigint NOT NULL,
    cut_short bigint NOT NULL,
    checksum bigint NOT NULL,
    claimed_at bigint,
    claimed_by bigint,
    PRIMARY KEY (ecg_id, name)
) PARTITION BY RANGE (ecg_id)
"""
INSIGHTS_PENDING = "CREATE INDEX insights_pending ON insights (ecg_id) WHERE state = 'pending'"
INSIGHTS_RUNNING = "CREATE INDEX insights_running ON insights (claimed_at) WHERE state = 'running'"

# For ids of months that have no partition of their own.
OTHERS = (
    "CREATE TABLE ecgs_others PARTITION OF ecgs DEFAULT",
    "CREATE TABLE insights_others PARTITION OF insights DEFAULT",
)

IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    owner bytea NOT NULL,
    key bytea NOT NULL,
    ecg_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    checksum bigint NOT NULL,
    PRIMARY KEY (owner, key)
)
"""
IDEMPOTENCY_KEYS_BY_AGE = "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (ecg_id)"

# The id from which each backfill continues.
BACKFILLS = """
CREATE TABLE backfills (
    name bytea NOT NULL,
    version bigint NOT NULL,
    position uuid NOT NULL,
    checksum bigint NOT NULL,
    PRIMARY KEY (name, version)
)
"""

PINGS = """
CREATE TABLE pings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content bytea NOT NULL)
"""
PINGED = "ALTER TABLE pings ALTER COLUMN content SET STORAGE EXTERNAL"


def upgrade() -> None:
    """Create everything."""
    for statement in (
        USERS,
        ECGS,
        BLOBS,
        ECGS_BY_DATE,
        CLIENT_IDS,
        CLIENT_IDS_BY_ECG,
        INSIGHTS,
        INSIGHTS_PENDING,
        INSIGHTS_RUNNING,
        *OTHERS,
        IDEMPOTENCY_KEYS,
        IDEMPOTENCY_KEYS_BY_AGE,
        BACKFILLS,
        PINGS,
        PINGED,
    ):
        op.execute(statement)
