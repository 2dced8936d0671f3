from dataclasses import replace

import pytest

from ecg_service.bootstrap.backends import refuse_plain_backends
from ecg_service.settings import BadSettings, Settings

VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PLACES = {
    "database_url": "store",
    "cache_url": "cache",
    "quota_url": "quotas",
    "broker_url": "broker",
}
PLAIN = [
    ("database_url", "postgresql://ecg:secret@db.example/ecg", "verify-full"),
    ("database_url", "postgresql://ecg:secret@db.example/ecg?sslmode=prefer", "verify-full"),
    ("database_url", "postgresql://ecg:secret@db.example/ecg?sslmode=require", "verify-full"),
    ("database_url", "postgresql://ecg:secret@10.0.0.7/ecg?sslmode=disable", "verify-full"),
    ("database_url", "postgresql:///ecg?host=db.example", "verify-full"),
    ("database_url", "postgresql://localhost,db.example/ecg", "verify-full"),
    ("database_url", "postgresql:///ecg?service=ward", "verify-full"),
    ("cache_url", "redis://:secret@cache.example", "rediss://"),
    ("cache_url", "rediss://:secret@cache.example?ssl_cert_reqs=none", "ssl_cert_reqs"),
    ("quota_url", "redis://:secret@[2001:db8::1]/1", "rediss://"),
    ("broker_url", "amqp://ecg:secret@broker.example", "amqps://"),
]
PRIVATE = [
    ("database_url", "sqlite:////var/lib/ecg/ecg.db"),
    ("database_url", "memory://"),
    ("database_url", "postgresql://db.example/ecg?sslmode=verify-full"),
    ("database_url", "postgresql://a.example,b.example/ecg?sslmode=verify-ca"),
    ("database_url", "postgresql://localhost/ecg"),
    ("database_url", "postgresql:///ecg"),
    ("database_url", "postgresql:///ecg?host=/var/run/postgresql"),
    ("database_url", "postgresql://%2Fvar%2Frun%2Fpostgresql/ecg"),
    ("cache_url", "rediss://cache.example"),
    ("cache_url", "unix:///run/redis.sock"),
    ("cache_url", "redis://"),
    ("quota_url", "redis://127.0.0.1:6379/1"),
    ("broker_url", "amqps://ecg:secret@broker.example"),
    ("broker_url", "amqp://[::1]"),
]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable of this environment name a server."""
    for name in (*VARIABLES, "PGHOST", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)


def given(name: str, url: str, *, tasks: str = "celery", plain_backends: bool = False) -> Settings:
    settings = Settings()
    changed = replace(settings, broker=replace(settings.broker, tasks=tasks))
    group = replace(getattr(changed, PLACES[name]), **{name: url})
    server = replace(settings.server, plain_backends=plain_backends)
    return replace(changed, **{PLACES[name]: group}, server=server)


@pytest.mark.parametrize(("name", "url", "advice"), PLAIN)
def test_who_can_be_listened_to_must_be_meant(name: str, url: str, advice: str) -> None:
    with pytest.raises(
        BadSettings, match=rf"^ECG_{name.upper()}: .*{advice}.*ECG_PLAIN_BACKENDS"
    ) as error:
        refuse_plain_backends(given(name, url))
    assert "secret" not in str(error.value)
    refuse_plain_backends(given(name, url, plain_backends=True))


@pytest.mark.parametrize(("name", "url"), PRIVATE)
def test_who_is_here_or_verified_need_not(name: str, url: str) -> None:
    refuse_plain_backends(given(name, url))


def test_a_broker_that_is_not_used_need_not() -> None:
    refuse_plain_backends(given("broker_url", "amqp://ecg@broker.example", tasks="in-process"))


def test_what_the_environment_tells_the_driver_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    there = given("database_url", "postgresql:///ecg")
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(BadSettings):
        refuse_plain_backends(there)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    refuse_plain_backends(there)


@pytest.mark.parametrize("name", VARIABLES)
def test_a_collector_is_a_server_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://collector.example:4318")
    refuse_plain_backends(Settings())
    settings = replace(Settings(), trace=replace(Settings().trace, traces="otlp"))
    with pytest.raises(BadSettings, match=rf"^{name}: .*https://"):
        refuse_plain_backends(settings)
    for private in ("https://collector.example:4318", "http://localhost:4318"):
        monkeypatch.setenv(name, private)
        refuse_plain_backends(settings)
