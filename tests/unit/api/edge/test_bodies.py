import pytest

from ecg_service.api.edge.bodies import decode_strictly
from ecg_service.api.edge.problems import pointer
from ecg_service.api.schemas.users import PasswordChange
from ecg_service.domain.errors import Invalid, Malformed

GOOD = b'{"current_password":"a","new_password":"12345678"}'


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_small_body_is_decoded(mark: bytes) -> None:
    assert decode_strictly(PasswordChange, mark + GOOD) == PasswordChange("a", "12345678")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5_000,
        GOOD + b"x",
        GOOD.replace(b'"a"', b"NaN"),
    ],
    ids=range(8),
)
def test_a_small_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_strictly(PasswordChange, body)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (GOOD + GOOD, f"Extra data at character {len(GOOD)}: send one document in each request"),
        (
            b"\xef\xbb\xbf{'a':1}",
            "Expecting property name enclosed in double quotes at character 1",
        ),
        (b"", "The body is empty: send a JSON document."),
        (b"\x1f\x8b\x08", "The body is compressed with gzip: say so in Content-Encoding."),
        (b"9" * 5_000, "The body is not valid JSON."),
    ],
    ids=["two", "quotes", "empty", "gzip", "long"],
)
def test_what_is_wrong_with_a_small_body_is_said(body: bytes, detail: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode_strictly(PasswordChange, body)
    assert [violation.detail for violation in refused.value.violations] == [detail]


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        (b"{}", "/current_password", "missing_field"),
        (b"[]", "", "wrong_type"),
        (GOOD[:-1] + b',"x":1}', "/x", "unknown_field"),
        (GOOD[:-1] + b',"new_password":"87654321"}', "", "duplicate_key"),
        (GOOD[:-1] + b',"x":{"y":1,"\\u0079":2}}', "", "duplicate_key"),
    ],
)
def test_a_small_body_that_breaks_a_rule_is_invalid(body: bytes, place: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_strictly(PasswordChange, body)
    assert not isinstance(refused.value, Malformed)
    assert [(pointer(v.path), v.code) for v in refused.value.violations] == [(place, code)]
