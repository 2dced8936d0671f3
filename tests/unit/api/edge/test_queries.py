from datetime import UTC, datetime

import pytest

from ecg_service.api.edge.queries import decode_query
from ecg_service.api.schemas.queries import EcgQuery, EcgsQuery, InsightsQuery, Query, WindowQuery
from ecg_service.domain.errors import InvalidQuery

WHOLE = EcgsQuery(from_=datetime(2026, 1, 1, 1, tzinfo=UTC), page_size=7, page_token="12")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (b"", EcgsQuery()),
        (b"from=2026-01-01T01:00:00Z&page_size=7&page_token=12", WHOLE),
        (b"page_token=12&page_size=7&from=2026-01-01T02%3A00:00%2B01:00", WHOLE),
        (b"page_token=", EcgsQuery(page_token="")),
    ],
)
def test_a_query_is_decoded(query: bytes, found: EcgsQuery) -> None:
    assert decode_query(EcgsQuery, query) == found


REFUSED: list[tuple[type[Query], bytes, str, str, str]] = [
    (EcgsQuery, b"to=2027", "to", "invalid", "RFC3339"),
    (EcgsQuery, b"to=20260101", "to", "invalid", "RFC3339"),
    (EcgsQuery, b"from=1767225600", "from", "invalid", "RFC3339"),
    (EcgsQuery, b"from=2026-01-01", "from", "invalid", "RFC3339"),
    (EcgsQuery, b"from=2026-01-01T00:00:00", "from", "no_utc_offset", "timezone"),
    (EcgsQuery, b"from=2026-01-01T00:00:00+00:00", "from", "invalid", "write it as %2B"),
    (EcgsQuery, b"page_size=1.0", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=1e2", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=+1", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=01", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=%D9%A1", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=", "page_size", "wrong_type", 'Expected `int`, got "'),
    (EcgsQuery, b"page_size=101", "page_size", "out_of_range", "<= 100"),
    (EcgsQuery, b"form=2026-01-01T00:00:00Z", "form", "unknown_parameter", "Expected from."),
    (EcgsQuery, b"FROM=2026-01-01T00:00:00Z", "FROM", "unknown_parameter", "Expected from."),
    (EcgsQuery, b"pageSize=1", "pageSize", "unknown_parameter", "Expected page_size."),
    (EcgsQuery, b"to=x&x=1", "x", "unknown_parameter", "from or to or page_size or page_token"),
    (EcgsQuery, b"page_size=1&page_size=1", "page_size", "repeated", "once"),
    (WindowQuery, b"stop=null", "stop", "wrong_type", 'Expected `int | null`, got "null"'),
    (EcgQuery, b"signals=no", "signals", "wrong_type", 'Expected `bool`, got "no"'),
    (InsightsQuery, b"zero=positive", "zero", "unknown_parameter", "Expected zeros."),
    (InsightsQuery, b"zeros=Positive", "zeros", "unknown_value", "Positive"),
    (Query, b"x", "x", "unknown_parameter", "Expected no parameters."),
    (Query, b"&".join([b"x=1"] * 101), "?", "malformed", "at most 100"),
    (Query, b"\xff=1", "?", "malformed", "percent-encoded"),
]


@pytest.mark.parametrize(("kind", "query", "name", "code", "detail"), REFUSED, ids=str)
def test_what_is_not_exactly_a_query_is_refused(
    kind: type[Query], query: bytes, name: str, code: str, detail: str
) -> None:
    with pytest.raises(InvalidQuery) as raised:
        decode_query(kind, query)
    [broken] = raised.value.violations
    assert (broken.path, broken.code) == ((name,), code)
    assert detail in broken.detail
