import json
import logging

import pytest

from ecg_service.bootstrap.logs.lines import Event, Render, for_people, in_json, of_record

EVENT: Event = {"time": 1.5, "level": "info", "logger": "x", "event": "said"}
HOSTILE = ["a\nb", "a\r\n2026 INFO y: forged", "\x1b[31mred", "\x9b31m", "a\u2028b", "\x00", "\x7f"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [in_json, for_people])
def test_no_text_begins_a_line_or_steers_a_terminal(render: Render, text: str) -> None:
    line = render({**EVENT, "event": text, "more": text})
    assert line.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_json_says_what_was_said(text: str) -> None:
    assert json.loads(in_json({**EVENT, "event": text})) == {
        **EVENT,
        "time": "1970-01-01T00:00:01.500Z",
        "event": text,
    }


def test_people_read_a_line_and_the_lines_of_a_traceback() -> None:
    try:
        raise ValueError("\x1b[31m")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed: %s", ("why",), info)
    first, *_, last = for_people({**of_record(record), "worker": "worker-1"}).splitlines()
    assert first.endswith("Z ERROR worker-1 x: failed: why")
    assert last == "ValueError: \\u001b[31m"


def test_values_are_told_apart() -> None:
    line = for_people({**EVENT, "route": "/ecg/{ecg_id}", "name": "a b", "seconds": 0.25})
    assert line.endswith(' x: said route=/ecg/{ecg_id} name="a b" seconds=0.250000')
