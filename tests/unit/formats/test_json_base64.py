import json

import pytest

from ecg_service.domain.errors import Invalid, Malformed
from ecg_service.formats import DEFAULT as JSON
from ecg_service.formats import json_base64
from tests.unit.formats.documents import whole

TWO = "AQD+/w=="  # 1, -2


def refusal(body: str) -> list[tuple[str, str]]:
    [refused] = JSON.read([body.encode()], whole)
    assert isinstance(refused, Invalid)
    return [("".join(f"/{step}" for step in v.path), v.code) for v in refused.violations]


def lead(signal: str, encoding: str = '"i16le"') -> str:
    return f'{{"leads":[{{"name":"I","signal":{signal},"encoding":{encoding}}}]}}'


SAME = {
    "plain": lead(f'"{TWO}"'),
    "spaced": lead(f' \n\t"{TWO}" '),
    "escaped slash": lead('"AQD+\\/w=="'),
    "encoding first": f'{{"leads":[{{"encoding":"i16le","name":"I","signal":"{TWO}"}}]}}',
    "int32": lead('"AQAAAP7///8="', '"i32le"'),
    "array": lead("[1,-2]", "null"),
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_base64_of_samples_is_a_signal(body: str) -> None:
    array = '{"leads":[{"name":"I","signal":[1,-2]}]}'
    found, same = JSON.read([body.encode(), array.encode()], whole)
    assert found == same
    assert isinstance(same, tuple)


def test_leads_of_both_kinds_keep_their_order() -> None:
    text, array = {"signal": TWO, "encoding": "i16le"}, {"signal": [7]}
    body = {
        "leads": [one | {"name": f'"signal":"{n}'} for n, one in enumerate((array, text, array))]
    }
    [found] = JSON.read([json.dumps(body).encode()], whole)
    assert isinstance(found, tuple)
    assert [lead.num_samples for lead in found[0].leads] == [1, 2, 1]


@pytest.mark.parametrize("step", range(1, 12))
def test_text_is_decoded_in_steps_as_if_at_once(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "AQD+/w==",
        "AQD+\\/w==",
        "\\/\\/\\/\\/\\/\\/\\/\\/",
        "AQD+/w==AA==",
        "AQD+/w=",
        "AQD+=/w=",
        "AQD+\\",
    ]
    bodies = [lead(f'"{text}"').encode() for text in texts]
    at_once = JSON.read(bodies, whole)
    monkeypatch.setattr(json_base64, "STEP", step)
    in_steps = JSON.read(bodies, whole)
    assert [*map(type, in_steps)] == [*map(type, at_once)]
    assert in_steps[:3] == at_once[:3]


REFUSED = {
    "no encoding": (lead(f'"{TWO}"', "null"), "/leads/0/encoding", "wrong_encoding"),
    "other encoding": (lead(f'"{TWO}"', '"f32le"'), "/leads/0/encoding", "wrong_encoding"),
    "encoding a number": (lead(f'"{TWO}"', "16"), "/leads/0/encoding", "wrong_type"),
    "encoded array": (lead("[1]"), "/leads/0/encoding", "wrong_encoding"),
    "no base64": (lead('"AQD+/w"'), "/leads/0/signal", "not_base64"),
    "spaces": (lead('"AQD+ /w=="'), "/leads/0/signal", "not_base64"),
    "url alphabet": (lead('"AQD-_w=="'), "/leads/0/signal", "not_base64"),
    "more": (lead('"AQD+/w==AA=="'), "/leads/0/signal", "not_base64"),
    "unicode escape": (lead('"\\u0041QD+/w=="'), "/leads/0/signal", "not_base64"),
    "odd length": (lead('"AQD+"'), "/leads/0/signal", "wrong_length"),
    "no bytes": (lead('""'), "/leads/0/signal", "empty"),
    "escaped key": (
        lead('"AQD+"').replace('"signal"', '"\\u0073ignal"'),
        "/leads/0/signal",
        "not_an_array",
    ),
    "twice": (lead(f'"{TWO}","signal":"{TWO}"'), "/leads/0/signal", "duplicate_key"),
    "float beside": (
        lead(f'"{TWO}"')[:-2] + ',{"signal":[0.5]}]}',
        "/leads/1/signal/0",
        "not_an_integer",
    ),
    "unknown field": (lead(f'"{TWO}"')[:-1] + ',"x":1}', "/x", "unknown_field"),
}


@pytest.mark.parametrize(("body", "place", "code"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_a_rule_is_named_with_its_place(body: str, place: str, code: str) -> None:
    assert refusal(body) == [(place, code)]


def test_an_escaped_key_beside_a_plain_one_is_refused() -> None:
    escaped = '{"name":"II","\\u0073ignal":[1]}'
    assert refusal(lead(f'"{TWO}"')[:-2] + f",{escaped}]}}") == [("", "not_an_array")]


@pytest.mark.parametrize("tail", ["", '"', '"}', '"}]', '"}]}x'])
def test_what_is_cut_short_or_goes_on_is_malformed(tail: str) -> None:
    body = '{"leads":[{"name":"I","encoding":"i16le","signal":"AQD+/w==' + tail
    [refused] = JSON.read([body.encode()], whole)
    assert isinstance(refused, Malformed)


def test_the_place_of_an_error_is_that_in_the_body() -> None:
    body = lead(f'"{TWO}"') + "x"
    [refused] = JSON.read([body.encode()], whole)
    assert isinstance(refused, Malformed)
    assert f"at byte {len(body) - 1}" in refused.violations[0].detail
