import pytest

from ecg_service.adapters.rows.sealed import checksum, sealed, unsealed
from ecg_service.domain.errors import DamagedUser

ROW = (b"\x01\xff", "änn", -1, 2**40, 0.5, None, "")


def test_checksums_never_change() -> None:
    assert checksum(ROW) == 3269312418


def test_a_sealed_row_can_be_unsealed_and_an_altered_one_cannot() -> None:
    row = sealed(*ROW)
    assert unsealed(row, DamagedUser) == ROW
    for place, _ in enumerate(row):
        altered = (*row[:place], 7, *row[place + 1 :])
        with pytest.raises(DamagedUser):
            unsealed(altered, DamagedUser)


def test_types_count() -> None:
    assert len({checksum([value]) for value in (0, 0.0, "0", b"0", None)}) == 5
