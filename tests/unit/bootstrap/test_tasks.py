"""Who computes insights, as the settings say."""

from dataclasses import replace
from typing import Any

import pytest

from ecg_service.bootstrap.computing import require_worker
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.tasks import RULES, are_elsewhere, broker
from ecg_service.settings import BadSettings, BrokerSettings, Settings, StoreSettings

POSTGRES, SQLITE, MEMORY = "postgresql://127.0.0.1/test", "sqlite:///ecg.db", "memory://"


def settings(database_url: str, **of_the_broker: Any) -> Settings:
    group = BrokerSettings(**of_the_broker)
    return replace(Settings(), store=StoreSettings(database_url), broker=group)


def test_by_default_the_service_computes_itself() -> None:
    assert not are_elsewhere(settings(SQLITE))
    assert are_elsewhere(settings(POSTGRES, tasks="celery"))


@pytest.mark.parametrize("url", [SQLITE, MEMORY])
async def test_workers_need_a_database_that_is_shared(url: str) -> None:
    celery = settings(url, tasks="celery")
    with pytest.raises(BadSettings, match=r"^ECG_TASKS: workers cannot share .*; use PostgreSQL$"):
        require_worker(celery)
    with pytest.raises(BadSettings, match=r"^ECG_TASKS: workers cannot share"):
        async with running_services(celery):
            pass


def test_workers_are_for_celery_only() -> None:
    with pytest.raises(
        BadSettings, match=r"^ECG_TASKS: is in-process, and workers are for celery$"
    ):
        require_worker(settings(POSTGRES))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("broker_url", "redis://:secret@host"),
        ("broker_url", "host:5672"),
        ("broker_url", "amqps://broker.example"),
        ("broker_url", "amqp://guest:secret@10.0.0.7/vhost"),
        ("broker_queue", ""),
        ("broker_queue", "amq.ecg"),
        ("broker_queue", "q" * 201),
    ],
)
def test_what_is_not_allowed_is_refused_without_a_secret(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"neither|must have") as refused:
        RULES[name](value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("broker_url", "amqps://ann:secret@host/vhost"),
        ("broker_url", "amqp://localhost:5673"),
        ("broker_url", "amqp://guest:guest@[::1]"),
        ("broker_queue", "q" * 200),
    ],
)
def test_what_is_allowed_is_taken(name: str, value: str) -> None:
    RULES[name](value)


def test_the_defaults_are_allowed() -> None:
    for name, rule in RULES.items():
        rule(getattr(Settings().broker, name))


def test_the_broker_is_that_of_the_settings() -> None:
    given = settings(
        POSTGRES, broker_url="amqps://host", broker_queue="insights", broker_seconds=7.0
    )
    found = broker(given)
    assert (found.url, found.queue, found.seconds) == ("amqps://host", "insights", 7.0)
