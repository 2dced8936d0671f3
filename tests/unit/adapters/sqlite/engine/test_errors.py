import apsw
import pytest

from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.domain.errors import StorageFull, StorageUnavailable

SENTENCES: dict[type[apsw.Error], str] = {
    apsw.BusyError: "the database is locked by another process",
    apsw.CantOpenError: "the database cannot be opened",
    apsw.CorruptError: "the database is damaged",
    apsw.IOError: "the database cannot be read or written",
    apsw.ProtocolError: "the locks of the database do not work",
    apsw.NotADBError: "the file is not a database of this service",
    apsw.ReadOnlyError: "the database is read-only",
    apsw.SQLError: "the database lacks the current schema",
    apsw.FullError: "the disk is full",
    apsw.ConstraintError: "an id is stored already",
    apsw.MisuseError: "the database failed: MisuseError",
}


@pytest.mark.parametrize("kind", SENTENCES, ids=lambda kind: kind.__name__)
def test_an_error_is_told_without_the_words_of_sqlite(kind: type[apsw.Error]) -> None:
    with pytest.raises(StorageUnavailable) as raised, translate_errors():
        raise kind("UNIQUE constraint failed: users.name")
    assert str(raised.value) == SENTENCES[kind]
    assert isinstance(raised.value, StorageFull) is (kind is apsw.FullError)


def test_text_that_is_none_is_not_told() -> None:
    with pytest.raises(StorageUnavailable) as raised, translate_errors():
        b"secret\xff".decode()
    assert str(raised.value) == "the database is damaged: a text is not UTF-8"
