import base64
from datetime import UTC, datetime
from string import ascii_letters, digits
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ecg_service.api.edge.pages import cursor_of, token_of
from ecg_service.domain.ecg import Cursor
from ecg_service.domain.errors import InvalidQuery

SIZE, SIZE_OF_DATE = 32, 11
ALPHABET = f"{ascii_letters}{digits}-_"
dates = st.datetimes(timezones=st.just(UTC))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


@settings(deadline=None)
@given(dates, st.uuids())
def test_a_token_gives_its_cursor_back(date: datetime, key: UUID) -> None:
    cursor = Cursor(date, key)
    token = token_of(cursor)
    assert cursor_of(token) == cursor
    assert cursor_of(token).date.tzinfo is UTC


@settings(deadline=None)
@given(dates, st.uuids())
def test_a_token_needs_no_escape_in_a_url(date: datetime, key: UUID) -> None:
    token = token_of(Cursor(date, key))
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()


@settings(deadline=None)
@given(dates, st.uuids(), st.integers(0, SIZE - 1), st.sampled_from(f"{ALPHABET}=+/ é"))
def test_a_token_with_another_character_is_another_token_or_refused(
    date: datetime, key: UUID, place: int, character: str
) -> None:
    token = token_of(Cursor(date, key))
    changed = token[:place] + character + token[place + 1 :]
    try:
        cursor = cursor_of(changed)
    except InvalidQuery:
        assert place < SIZE_OF_DATE or character not in f"{ALPHABET}+/"
    else:
        assert token_of(cursor) == changed.translate({ord("+"): "-", ord("/"): "_"})


@settings(deadline=None)
@given(st.text(max_size=SIZE - 1) | st.text(min_size=SIZE + 1) | st.binary().map(encoded))
def test_any_other_text_is_refused(text: str) -> None:
    assume(len(text) != SIZE)
    with pytest.raises(InvalidQuery):
        cursor_of(text)


def test_a_refused_token_is_named() -> None:
    with pytest.raises(InvalidQuery) as refused:
        cursor_of("x")
    assert [v.path for v in refused.value.violations] == [("page_token",)]


@pytest.mark.parametrize("microseconds", [-(2**63), 2**63 - 1])
def test_a_date_outside_the_calendar_is_refused(microseconds: int) -> None:
    raw = microseconds.to_bytes(8, "big", signed=True) + bytes(16)
    with pytest.raises(InvalidQuery):
        cursor_of(encoded(raw))
