from collections import Counter
from dataclasses import FrozenInstanceError, fields

import pytest
from typed_settings.cls_utils import deep_options

from ecg_service.settings import Settings, load
from ecg_service.settings.sources import known_names


def test_names_are_unique_over_all_groups_and_no_name_is_a_groups() -> None:
    tree = Settings()
    groups = [group.name for group in fields(tree)]
    names = [field.name for group in groups for field in fields(getattr(tree, group))]
    assert Counter(groups + names).most_common(1)[0][1] == 1


RELEASED = """
    database_url host port admin_username admin_password admin_password_file
    max_body_bytes max_body_seconds max_bytes_in_flight max_wait max_connections drain_seconds
    ingest_mailbox ingest_batch insight_mailbox insight_batch insight_attempts
    insight_delay_seconds sweep_seconds lease_seconds reader_threads reader_queue
    password_threads password_queue credential_seconds credential_recheck_seconds max_credentials
"""
"""The settings of release 0.1.0."""


def test_the_names_of_earlier_releases_are_known() -> None:
    assert known_names(deep_options(Settings)).keys() >= {*RELEASED.split()}


def test_without_anything_given_the_defaults_hold() -> None:
    assert load() == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().server.port = 1  # pyright: ignore[reportAttributeAccessIssue]
