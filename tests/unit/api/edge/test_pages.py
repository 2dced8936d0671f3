import base64
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_service.api.edge.pages import cursor_of, token_of
from ecg_service.domain.ecg import Cursor
from ecg_service.domain.errors import InvalidQuery

dates = st.datetimes(timezones=st.just(UTC))


@settings(deadline=None)
@given(dates, st.uuids())
def test_a_token_gives_its_cursor_back(date: datetime, key: object) -> None:
    cursor = Cursor(date, key)  # pyright: ignore[reportArgumentType]
    token = token_of(cursor)
    assert cursor_of(token) == cursor
    assert cursor_of(token).date.tzinfo is UTC


@settings(deadline=None)
@given(dates, st.uuids())
def test_a_token_needs_no_escape_in_a_url(date: datetime, key: object) -> None:
    token = token_of(Cursor(date, key))  # pyright: ignore[reportArgumentType]
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()


@settings(deadline=None)
@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_a_cursor_or_refused(text: str) -> None:
    with suppress(InvalidQuery):
        cursor = cursor_of(text)
        assert cursor_of(token_of(cursor)) == cursor


def test_a_refused_token_is_named() -> None:
    with pytest.raises(InvalidQuery) as refused:
        cursor_of("x")
    assert [v.path for v in refused.value.violations] == [("page_token",)]


@pytest.mark.parametrize("microseconds", [-(2**63), 2**63 - 1])
def test_a_date_outside_the_calendar_is_refused(microseconds: int) -> None:
    raw = microseconds.to_bytes(8, "big", signed=True) + bytes(16)
    with pytest.raises(InvalidQuery):
        cursor_of(base64.urlsafe_b64encode(raw).decode())
