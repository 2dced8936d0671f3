"""What the URL of a server is called elsewhere, by libpq, SQLAlchemy, redis-py or Celery, and how it begins here."""

from collections.abc import Mapping

RELATIVE = "sqlite:///ecg.db, or sqlite:////var/lib/ecg.db for an absolute path"

DATABASES = {
    "sqlite": RELATIVE,
    "sqlite3": RELATIVE,
    "postgres": "postgresql://",
    "postgresql": "postgresql://",
}
REDIS = {
    "redis": "redis://",
    "rediss": "rediss://",
    "redis+ssl": "rediss://",
    "redis+tls": "rediss://",
    "redis+socket": "unix://",
    "redis+unix": "unix://",
    "valkey": "redis://",
    "valkeys": "rediss://",
}
BROKERS = {
    "amqp": "amqp://",
    "amqps": "amqps://",
    "amqp+ssl": "amqps://",
    "amqp+tls": "amqps://",
    "pyamqp": "amqp://",
    "rabbitmq": "amqp://",
}


def advice(url: str, spellings: Mapping[str, str]) -> str:
    """Say how the URL is written, to follow what is wrong with it; nothing if that is not how it begins."""
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    meant = spellings.get(scheme) or spellings.get(scheme.partition("+")[0])
    if not (colon and meant) or url.startswith(meant):
        return ""
    if meant is RELATIVE and url.startswith("sqlite:///"):
        return ": write ? in PATH as %3F and # as %23" if {"?", "#"} & {*rest} else ""
    return f": write {meant}"
