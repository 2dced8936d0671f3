import pytest
from typed_settings.types import OptionInfo

from ecg_service.settings.reference import options


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_every_setting_says_what_it_is_for(option: OptionInfo) -> None:
    about = option.metadata["click"]["help"]
    assert about.endswith(".")
    assert [one for one in options() if one.metadata["click"]["help"] == about] == [option]
