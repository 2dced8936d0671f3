import errno
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite.engine.files.whole import translate_failures
from ecg_service.domain.errors import StorageFull, StorageUnavailable


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_file_for_which_there_is_no_room(number: int) -> None:
    with pytest.raises(StorageFull, match=r"no room for a\.db"), translate_failures(Path("a.db")):
        raise OSError(number, "told by the system")


def test_a_file_that_cannot_be_written_for_another_reason() -> None:
    with (
        pytest.raises(StorageUnavailable, match=r"cannot write a\.db: told by"),
        translate_failures(Path("a.db")),
    ):
        raise OSError(errno.EACCES, "told by the system")
