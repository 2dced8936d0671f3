"""The tables: the first schema, statement by statement, and what later steps add."""

USERS = """
CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    disabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""

# A table with row ids stores a row of up to a page in one piece, where an index (or a table
# WITHOUT ROWID) would split it at a quarter. The blob comes last, so that the other columns can
# be read without it. Dates are microseconds since 1970, ids the 16 bytes of a UUIDv7.
ECGS = """
CREATE TABLE ecgs (
    pk INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    date INTEGER NOT NULL,
    sampling_rate REAL,
    leads TEXT NOT NULL,
    client_id TEXT,
    fingerprint BLOB,
    checksum INTEGER NOT NULL,
    blob BLOB NOT NULL
) STRICT
"""
ECGS_BY_DATE = "CREATE INDEX ecgs_by_date ON ecgs (owner, date, id)"
ECGS_BY_CLIENT_ID = """
CREATE UNIQUE INDEX ecgs_by_client_id ON ecgs (owner, client_id) WHERE client_id IS NOT NULL
"""

INSIGHTS = """
CREATE TABLE insights (
    ecg_id BLOB NOT NULL REFERENCES ecgs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    result TEXT,
    error TEXT,
    claimed_at INTEGER,
    PRIMARY KEY (ecg_id, name)
) STRICT, WITHOUT ROWID
"""
INSIGHTS_PENDING = "CREATE INDEX insights_pending ON insights (ecg_id) WHERE state = 'pending'"
INSIGHTS_RUNNING = "CREATE INDEX insights_running ON insights (claimed_at) WHERE state = 'running'"

# The id from which each backfill continues.
BACKFILLS = """
CREATE TABLE backfills (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    position BLOB NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID
"""

# What the last ping wrote.
PINGS = "CREATE TABLE pings (content BLOB NOT NULL) STRICT"

# Ids are made in order of time, so they tell how old a key is. The ECG may be deleted before.
IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    ecg_id BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID
"""
IDEMPOTENCY_KEYS_BY_AGE = "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (ecg_id)"

# What of a large blob is not in the row of its ECG; without a reference to that, since parts are
# stored before it and removed after it, some at a time. Meanwhile the ECG is a leftover.
ECG_PARTS = """
CREATE TABLE ecg_parts (
    ecg_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (ecg_id, number)
) STRICT, WITHOUT ROWID
"""
ECG_LEFTOVERS = "CREATE TABLE ecg_leftovers (ecg_id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID"

# What a cache marks its entries with; see `EcgRepository.generation`.
GENERATIONS = """
CREATE TABLE generations (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation BLOB NOT NULL
) STRICT
"""
RENEW_GENERATION = """
    INSERT OR REPLACE INTO generations (one, generation) VALUES (1, randomblob(16))
"""

IDENTITIES = """
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID
"""

# API keys and sessions; `digest` is of the secret.
GRANTS = """
CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    digest BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    name TEXT NOT NULL,
    scopes TEXT,
    epoch INTEGER NOT NULL,
    last_used INTEGER,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""
GRANTS_BY_OWNER = "CREATE INDEX grants_by_owner ON grants (owner, kind, id)"

# Rows of the audit trail, before there were blocks.
AUDIT = """
CREATE TABLE audit (
    chain BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    issuer TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request TEXT NOT NULL,
    address TEXT NOT NULL,
    count INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID
"""
# Chains of blocks of rows, each with the hash of itself and of the one before. As with ECGs,
# with row ids: so one of many rows is in one piece.
AUDIT_BLOCKS = """
CREATE TABLE audit_blocks (
    chain BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) STRICT
"""
# The end of the last block that was forgotten of each chain.
AUDIT_CUTS = """
CREATE TABLE audit_cuts (
    chain BLOB PRIMARY KEY,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID
"""
# What stands for the name of a user in those rows, until the user is erased.
AUDIT_NAMES = """
CREATE TABLE audit_names (name TEXT PRIMARY KEY, id TEXT NOT NULL) STRICT, WITHOUT ROWID
"""

TABLES = (
    USERS,
    ECGS,
    ECGS_BY_DATE,
    ECGS_BY_CLIENT_ID,
    INSIGHTS,
    INSIGHTS_PENDING,
    INSIGHTS_RUNNING,
    BACKFILLS,
    PINGS,
)
"""Of the first schema; it never changes."""
