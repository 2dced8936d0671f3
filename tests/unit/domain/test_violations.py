from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta, Struct

from ecg_service.api.edge.problems import pointer
from ecg_service.api.schemas.users import UserIn
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.domain.violations import violation


class Odd(Struct, forbid_unknown_fields=True):
    """Fields whose names need care in a JSON Pointer."""

    slash: Annotated[int, Meta(ge=0)] = msgspec.field(name="a/b", default=0)
    tilde: list[int] = msgspec.field(name="~", default_factory=list[int])


def found(kind: type[Struct], body: str) -> tuple[str, str]:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(body, type=kind, strict=True)
    one = violation(raised.value)
    assert one.detail
    assert "at `$" not in one.detail
    return pointer(one.path), one.code


CASES: list[tuple[type[Struct], str, str, str]] = [
    (SubmittedEcg, "[]", "", "wrong_type"),
    (SubmittedEcg, "{}", "/leads", "missing_field"),
    (SubmittedEcg, '{"leads":[]}', "/leads", "length"),
    (SubmittedEcg, '{"x":1}', "/x", "unknown_field"),
    (SubmittedEcg, '{"a`b":1}', "/a`b", "unknown_field"),
    (SubmittedEcg, '{"a/b~c":1}', "/a~1b~0c", "unknown_field"),
    (SubmittedEcg, '{"":1}', "/", "unknown_field"),
    (SubmittedEcg, '{"leads":[{"signal":0}]}', "/leads/0/name", "missing_field"),
    (SubmittedEcg, '{"leads":[{"name":1}]}', "/leads/0/name", "wrong_type"),
    (SubmittedEcg, '{"leads":[{"baseline":2147483648}]}', "/leads/0/baseline", "out_of_range"),
    (
        SubmittedEcg,
        '{"leads":[{"baseline":-99999999999999999999}]}',
        "/leads/0/baseline",
        "out_of_range",
    ),
    (SubmittedEcg, '{"leads":[{"gain":0}]}', "/leads/0/gain", "out_of_range"),
    (SubmittedEcg, '{"sampling_rate":1e400}', "/sampling_rate", "out_of_range"),
    (SubmittedEcg, '{"date":"2026-01-01T00:00:00"}', "/date", "no_utc_offset"),
    (SubmittedEcg, '{"date":"x"}', "/date", "invalid"),
    (UserIn, '{"username":"a:"}', "/username", "pattern"),
    (UserIn, '{"password":"short"}', "/password", "length"),
    (UserIn, '{"role":"ROOT"}', "/role", "unknown_value"),
    (Odd, '{"a/b":-1}', "/a~1b", "out_of_range"),
    (Odd, '{"~":[0,null]}', "/~0/1", "wrong_type"),
]


@pytest.mark.parametrize(("kind", "body", "place", "code"), CASES, ids=str)
def test_a_violation_has_a_pointer_and_a_code(
    kind: type[Struct], body: str, place: str, code: str
) -> None:
    assert found(kind, body) == (place, code)


@pytest.mark.parametrize("message", ["", "$", " - at `$`", " - at `", "Something - at `$.a[7].b`"])
def test_words_never_met_before_are_invalid_somewhere(message: str) -> None:
    error: Any = msgspec.ValidationError(message)
    one = violation(error)
    assert one.code == "invalid"
    assert one.path == (("a", 7, "b") if "$.a" in message else ())
