from collections import Counter
from dataclasses import FrozenInstanceError, fields

import pytest

from ecg_service.settings import Settings, load


def test_names_are_unique_over_all_groups_and_no_name_is_a_groups() -> None:
    tree = Settings()
    groups = [group.name for group in fields(tree)]
    names = [field.name for group in groups for field in fields(getattr(tree, group))]
    assert Counter(groups + names).most_common(1)[0][1] == 1


def test_without_anything_given_the_defaults_hold() -> None:
    assert load() == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().server.port = 1  # pyright: ignore[reportAttributeAccessIssue]
