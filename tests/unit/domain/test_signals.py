from typing import get_args

import ecg_core
from ecg_service.domain.signals import ZeroRule


def test_the_rules_are_those_of_the_core() -> None:
    """The domain imports no core, so it names them again; this keeps the two alike."""
    assert get_args(ZeroRule) == get_args(ecg_core.ZeroRule)
